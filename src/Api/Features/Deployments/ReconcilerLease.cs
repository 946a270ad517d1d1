using GpuGeek.Infrastructure.Persistence;
using Npgsql;

namespace GpuGeek.Api.Features.Deployments;

/// <summary>
/// Held by the one Api that reconciles. It is an advisory lock of a connection, so PostgreSQL releases it when the process dies, and the
/// holder loses it with the connection.
/// </summary>
internal sealed class ReconcilerLease : IAsyncDisposable
{
    private const int CheckSeconds = 5;

    // A machine that disappears without closing its connections is noticed after 20 s instead of hours.
    private const string Take = """
        SET tcp_keepalives_idle = 5;
        SET tcp_keepalives_interval = 5;
        SET tcp_keepalives_count = 3;
        SELECT pg_try_advisory_lock(hashtextextended('gpugeek deployments', 0))
        """;
    private readonly NpgsqlConnection _connection;

    private ReconcilerLease(NpgsqlConnection connection) => _connection = connection;

    /// <returns>Null: another Api holds it.</returns>
    public static async Task<ReconcilerLease?> TryTakeAsync(IDbContexts contexts, CancellationToken cancellationToken)
    {
        var connection = await contexts.OpenSystemAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(Take, connection);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
                return new(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        await connection.DisposeAsync();
        return null;
    }

    /// <summary>Never returns.</summary>
    /// <exception cref="NpgsqlException">The connection is lost, and the lease with it.</exception>
    public async Task WatchAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(interval, cancellationToken);
            await using var command = new NpgsqlCommand("SELECT 1", _connection) { CommandTimeout = CheckSeconds };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
