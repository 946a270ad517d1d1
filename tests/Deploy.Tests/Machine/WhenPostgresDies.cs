using GpuGeek.AppHost.Postgres;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;
using Npgsql;

namespace GpuGeek.Deploy.Tests.Machine;

/// <summary>The private PostgreSQL of a machine, whose postmaster is killed. It was never started again.</summary>
public sealed class WhenPostgresDies : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(
        Path.GetTempPath(),
        $"gpugeek-postmaster-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}"
    );
    private PrivatePostgres _postgres = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private string Cluster => Path.Combine(_folder, "cluster");
    private int Postmaster => Processes.Postmaster(Cluster);

    public async ValueTask InitializeAsync()
    {
        await PostgresTemplate.CopyToAsync(_folder);
        _postgres = await PrivatePostgres.StartAsync(_folder, durable: true, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_is_started_again_at_the_same_port_with_everything_that_was_committed()
    {
        await ExecuteAsync("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)");
        var busy = await BusyBackendAsync();
        var dead = Postmaster;
        Processes.Signal(dead, "KILL");

        Assert.Equal(7, await UntilAnsweredAsync("SELECT n FROM kept"));
        Assert.NotEqual(dead, Postmaster);
        Assert.False(Processes.IsAlive(busy), "A backend of the dead server is still at work.");
        Assert.False(_postgres.Failed.IsCompleted);
    }

    [Fact]
    public async Task A_process_id_that_belongs_to_another_process_by_now_does_not_keep_it_from_starting()
    {
        await _postgres.DisposeAsync();
        // As after a power cut: the file is there, and its number is given to somebody else.
        await File.WriteAllTextAsync(Path.Combine(Cluster, "postmaster.pid"), $"{Environment.ProcessId}\n{Cluster}\n", Cancel);

        _postgres = await PrivatePostgres.StartAsync(_folder, durable: true, Cancel);
        Assert.Equal(1, await UntilAnsweredAsync("SELECT 1"));
    }

    [Fact]
    public async Task One_that_can_no_longer_start_fails_with_the_end_of_its_log()
    {
        File.Delete(Path.Combine(Cluster, "global/pg_control"));
        Processes.Signal(Postmaster, "KILL");

        var failure = await _postgres.Failed.WaitAsync(Cancel);
        Assert.Matches("^PostgreSQL failed: it exited 5 times shortly after its start \\(exit code [0-9]+\\)\\.$", failure.Message);
        Assert.Contains("pg_control", failure.LogTail, StringComparison.Ordinal);
    }

    /// <returns>The process id of one that does not notice the postmaster's death while it counts.</returns>
    private async Task<int> BusyBackendAsync()
    {
        var connection = await OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        var pid = (int)(await command.ExecuteScalarAsync(Cancel))!;
        _ = new NpgsqlCommand("SELECT count(*) FROM (SELECT generate_series(1, 100000000000)) numbers", connection)
            .ExecuteScalarAsync(CancellationToken.None)
            .ContinueWith(query => query.Exception, TaskScheduler.Default);
        await Eventually.HoldsAsync(
            () => File.ReadAllText($"/proc/{pid}/cmdline"),
            title => title.Contains("SELECT", StringComparison.Ordinal)
        );
        return pid;
    }

    private async Task<int> UntilAnsweredAsync(string sql) =>
        (await Eventually.HoldsAsync(() => AskAsync(sql), answer => answer is not null))!.Value;

    /// <returns>Null while nobody answers.</returns>
    private async Task<int?> AskAsync(string sql)
    {
        if (_postgres.Failed.IsCompleted)
            throw await _postgres.Failed;
        try
        {
            return await ExecuteAsync(sql);
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    private async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel) is int number ? number : 0;
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(_postgres.SuperUserConnection("postgres") + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        return connection;
    }
}
