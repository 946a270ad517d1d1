using GpuGeek.AppHost;
using GpuGeek.AppHost.Backups;
using GpuGeek.TestSupport;
using Npgsql;

namespace GpuGeek.Deploy.Tests.Backups;

/// <summary>
/// Checkpoints and uploads are deleted right after their row has changed: a snapshot notices that one of its own may be gone.
/// </summary>
public sealed class WhatGoesWhileABackupIsTaken(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly string[] Changes =
    [
        "UPDATE runs SET checkpoint_key = 'newer'",
        "UPDATE runs SET checkpoint_key = NULL",
        "UPDATE jobs SET state = 'succeeded'",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> AllChanges => [.. Changes];

    private string Connection => postgres.SuperUser + ";Pooling=false";

    /// <summary>Rows of the real tables, of which nothing but what is asked for is filled in.</summary>
    public async ValueTask InitializeAsync() =>
        await ExecuteAsync(
            """
            SET session_replication_role = replica;
            DO $$
            DECLARE c record;
            BEGIN
              FOR c IN SELECT a.attrelid::regclass AS t, a.attname FROM pg_attribute a
                WHERE a.attrelid IN ('runs'::regclass, 'jobs'::regclass) AND a.attnum > 0 AND a.attnotnull
                  AND a.attname NOT IN ('org_id', 'id') AND a.attidentity = '' AND NOT a.attisdropped
              LOOP
                EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', c.t, c.attname);
              END LOOP;
            END $$;
            DELETE FROM runs; DELETE FROM jobs;
            INSERT INTO runs (org_id, id, state, checkpoint_key)
              VALUES (gen_random_uuid(), gen_random_uuid(), 'running', 'orgs/0a/runs/1f/2/step-7');
            INSERT INTO jobs (org_id, id, state) VALUES (gen_random_uuid(), gen_random_uuid(), 'running')
            """
        );

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(AllChanges))]
    public async Task Is_noticed_and_the_next_moment_is_whole_again(string change)
    {
        await using var snapshot = await DatabaseSnapshot.OpenAsync(Connection, Cancel);
        await snapshot.TakeAsync(Cancel);
        Assert.True(await snapshot.IsStillNeededAsync(Cancel));
        Assert.StartsWith("2026", snapshot.Schema, StringComparison.Ordinal);

        await ExecuteAsync(change);
        Assert.False(await snapshot.IsStillNeededAsync(Cancel));
        await snapshot.TakeAsync(Cancel);
        Assert.True(await snapshot.IsStillNeededAsync(Cancel));
    }

    [Fact]
    public async Task What_is_new_does_not_matter()
    {
        await using var snapshot = await DatabaseSnapshot.OpenAsync(Connection, Cancel);
        await snapshot.TakeAsync(Cancel);
        await ExecuteAsync("INSERT INTO jobs (org_id, id, state) VALUES (gen_random_uuid(), gen_random_uuid(), 'queued')");

        Assert.True(await snapshot.IsStillNeededAsync(Cancel));
    }

    [Fact]
    public async Task No_key_is_rotated_meanwhile_and_no_backup_begins_in_a_rotation()
    {
        await using var rotation = await DatabaseSnapshot.OpenAsync(Connection, Cancel);

        var refused = await Assert.ThrowsAsync<PartFailedException>(() => DatabaseSnapshot.OpenAsync(Connection, Cancel));
        Assert.Equal("The backup failed: the keys are being rotated. Try again afterwards.", refused.Message);

        // The lock ends with its owner at once.
        await rotation.DisposeAsync();
        for (var again = 0; again < 5; again++)
        {
            await using var next = await DatabaseSnapshot.OpenAsync(Connection, Cancel);
            await next.TakeAsync(Cancel);
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Connection);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
