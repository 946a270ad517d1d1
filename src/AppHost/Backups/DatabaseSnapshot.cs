using Npgsql;

namespace GpuGeek.AppHost.Backups;

/// <summary>
/// A snapshot of a running database: pg_dump sees the same state. While it is open, keys cannot be rotated, so that the keys that are
/// copied later can decrypt the dump.
/// </summary>
internal sealed class DatabaseSnapshot : IAsyncDisposable
{
    // The lock of KeyRotation in Infrastructure.
    private const long RotationLock = 0x6B6579726F74;

    /// <summary>Rows that name objects which are deleted as soon as the row changes: see <see cref="StoredName.GoesAtOnce"/>.</summary>
    private const string ShortLived = """
        SELECT 'run ' || id || ' ' || checkpoint_key FROM runs WHERE checkpoint_key IS NOT NULL
        UNION ALL SELECT 'job ' || id FROM jobs WHERE state IN ('queued', 'running') OR retry_until IS NOT NULL
        """;

    private readonly NpgsqlConnection _connection;
    private readonly string _connectionString;
    private bool _holdsKeys;

    private DatabaseSnapshot(NpgsqlConnection connection, string connectionString) =>
        (_connection, _connectionString) = (connection, connectionString);

    /// <summary>Snapshot id for pg_dump.</summary>
    public string Id { get; private set; } = "";
    public string Schema { get; private set; } = "";
    public long DatabaseBytes { get; private set; }

    /// <exception cref="PartFailedException">The keys are being rotated.</exception>
    public static async Task<DatabaseSnapshot> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        // A pooled connection would keep the lock after its end, until somebody took it out of the pool again.
        var own = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        var snapshot = new DatabaseSnapshot(new(own), own);
        try
        {
            await snapshot._connection.OpenAsync(cancellationToken);
            await snapshot.LockKeysAsync(cancellationToken);
            return snapshot;
        }
        catch
        {
            await snapshot.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes the snapshot of this moment.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        await using var begin = new NpgsqlCommand("ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", _connection);
        await begin.ExecuteNonQueryAsync(cancellationToken);
        await using var look = new NpgsqlCommand(
            """
            SELECT pg_export_snapshot(), (SELECT max(migration_id) FROM __ef_migrations_history), pg_database_size(current_database())
            """,
            _connection
        );
        await using var reader = await look.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        (Id, Schema, DatabaseBytes) = (reader.GetString(0), reader.GetString(1), reader.GetInt64(2));
    }

    /// <summary>
    /// Checks that the short-lived objects of the snapshot are still needed. They are deleted only after their row has changed, so in
    /// that case none of them has been deleted yet.
    /// </summary>
    public async Task<bool> IsStillNeededAsync(CancellationToken cancellationToken)
    {
        var then = await ShortLivedAsync(_connection, cancellationToken);
        await using var present = new NpgsqlConnection(_connectionString);
        await present.OpenAsync(cancellationToken);
        return then.IsSubsetOf(await ShortLivedAsync(present, cancellationToken));
    }

    /// <summary>Releases the lock before it closes the connection: the server ends a session a moment later, and the next backup would be
    /// refused in between.</summary>
    public async ValueTask DisposeAsync()
    {
        await using var connection = _connection;
        if (!_holdsKeys)
            return;
        _holdsKeys = false;
        try
        {
            await using var release = new NpgsqlCommand($"ROLLBACK; SELECT pg_advisory_unlock({RotationLock})", connection);
            await release.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // The connection is lost, and the server releases the lock with its session.
        }
    }

    private async Task LockKeysAsync(CancellationToken cancellationToken)
    {
        // The snapshot may have to stay open as long as a dump takes.
        await using var take = new NpgsqlCommand(
            $"SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0; SELECT pg_try_advisory_lock({RotationLock})",
            _connection
        );
        if (await take.ExecuteScalarAsync(cancellationToken) is not true)
            throw new PartFailedException("The backup", "the keys are being rotated. Try again afterwards.");
        _holdsKeys = true;
    }

    private static async Task<HashSet<string>> ShortLivedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ShortLived, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
            found.Add(reader.GetString(0));
        return found;
    }
}
