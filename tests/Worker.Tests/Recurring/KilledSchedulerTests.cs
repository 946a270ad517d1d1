using GpuGeek.ChildProcesses;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Hangfire;
using Hangfire.Storage;
using Npgsql;

namespace GpuGeek.Worker.Tests.Recurring;

public sealed class TheLockOfTheSchedule(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    /// <summary>Hangfire's own limit would stop everything that recurs for ten minutes.</summary>
    [Fact]
    public async Task Of_a_process_that_was_killed_with_it_stops_recurring_work_for_a_minute_only()
    {
        Assert.SkipUnless(LongTests.Wanted, LongTests.Reason);
        _settings.Variables["GPUGEEK_JANITOR_MINUTES"] = "1";
        await using var connection = new NpgsqlConnection(postgres.SuperUser);
        await connection.OpenAsync(Cancel);
        using (var worker = WorkerProcess.Start(_settings))
        {
            await Eventually.HoldsAsync(() => CountAsync(connection, "hangfire.set"), rows => rows >= 6);
            // The scheduler takes its lock and then waits for this one: it is killed while it holds the lock.
            await using var transaction = await connection.BeginTransactionAsync(Cancel);
            await using (var hold = new NpgsqlCommand("LOCK TABLE hangfire.set IN ACCESS EXCLUSIVE MODE", connection, transaction))
                await hold.ExecuteNonQueryAsync(Cancel);
            await Eventually.HoldsAsync(
                () => CountAsync(connection, "hangfire.lock WHERE resource LIKE '%recurring-jobs:lock'"),
                rows => rows == 1,
                TimeSpan.FromMinutes(2)
            );
            Signals.Send(worker.Id, Signals.Kill);
            await worker.WaitForExitAsync(Cancel);
            await transaction.RollbackAsync(Cancel);
        }
        var killed = TimeProvider.System.GetUtcNow().UtcDateTime;
        await using var successor = await TestWorker.StartAsync(_settings);
        using var storage = successor.Get<JobStorage>().GetConnection();
        await Eventually.HoldsAsync(
            () => storage.GetRecurringJobs().Single(job => job.Id == "expiry").LastExecution,
            last => last > killed,
            TimeSpan.FromMinutes(3)
        );
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string rows)
    {
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM {rows}", connection);
        return (long)(await count.ExecuteScalarAsync(Cancel))!;
    }
}
