using GpuGeek.Domain.Billing;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Runs;

/// <summary>Leases that expire while the database is hung.</summary>
public sealed class ADatabaseThatHangs(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Settings _settings = new(postgres);
    private TestWorker _worker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public ValueTask InitializeAsync()
    {
        _worker = TestWorker.Create(_settings);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        _settings.Dispose();
    }

    private RunWriter Writer(ClaimedRun claim) => new(_worker.Contexts, _worker.Get<ILiveNotifier>(), TimeProvider.System, claim);

    private async Task<ClaimedRun> ClaimAsync(string slot) =>
        await _worker.Get<RunClaims>().NextAsync(slot, Cancel) ?? throw new InvalidOperationException("Nothing was claimed.");

    /// <summary>A lease that expired a second ago, of an attempt that began ten seconds ago.</summary>
    private async Task LapseAsync(Guid run)
    {
        await using var db = _worker.Contexts.System();
        await db
            .RunLeases.IgnoreTenantFilter()
            .Where(l => l.RunId == run)
            .ExecuteUpdateAsync(s => s.SetProperty(l => l.Until, Now.AddSeconds(-1)), Cancel);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE usage_intervals
            SET started_at = started_at - interval '10 seconds', kept_until = kept_until - interval '10 seconds'
            WHERE run_id = {run} AND ended_at IS NULL
            """,
            Cancel
        );
    }

    private static Task<List<UsageInterval>> IntervalsAsync(Tenant tenant, Guid run) =>
        tenant.QueryAsync(db =>
            db.UsageIntervals.IgnoreTenantFilter().AsNoTracking().Where(u => u.RunId == run).OrderBy(u => u.Fence).ToListAsync(Cancel)
        );

    [Fact]
    public async Task And_then_answers_takes_no_lease_from_an_owner_who_could_not_renew_it()
    {
        var tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
        var id = await tenant.QueueRunAsync();
        var claim = await ClaimAsync("hang/1/0");
        await LapseAsync(id);
        var clock = new Stopped();
        var sweep = new RunSweep(_worker.Contexts, _worker.Get<ILiveNotifier>(), clock);
        await using (var holder = await _worker.Contexts.OpenSystemAsync(Cancel))
        {
            await using var transaction = await holder.BeginTransactionAsync(Cancel);
            await using var command = holder.CreateCommand();
            command.CommandText = "LOCK TABLE run_leases IN ACCESS EXCLUSIVE MODE";
            await command.ExecuteNonQueryAsync(Cancel);
            var sweeping = sweep.SweepAsync(Cancel);
            command.CommandText = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'run_leases'::regclass";
            await Eventually.HoldsAsync(async () => (long)(await command.ExecuteScalarAsync(Cancel))!, waiting => waiting > 0);
            clock.Pass(TimeSpan.FromSeconds(20));
            await transaction.CommitAsync(Cancel);
            Assert.Null(await sweeping);
        }
        Assert.True(_worker.Get<RunClaims>().Renew(claim));
        Assert.Equal(0, await sweep.SweepAsync(Cancel));
        await Writer(claim).CancelAsync(Cancel);
    }

    [Theory]
    [InlineData(5), InlineData(0)]
    public async Task Costs_nothing_twice_and_what_a_former_attempt_made_and_the_next_one_keeps_is_charged(int secondsAgo)
    {
        var tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
        var id = await tenant.QueueRunAsync();
        await ClaimAsync($"hang/2/{secondsAgo}");
        await LapseAsync(id);
        // The trainer continued in the meantime: the checkpoint is in the run directory, and the next attempt finds it there.
        var made = Now.AddSeconds(-secondsAgo);
        Assert.Equal(1, await _worker.Get<RunSweep>().SweepAsync(Cancel));
        var next = await ClaimAsync($"hang/2/{secondsAgo}");
        await Writer(next).CheckpointAsync("runs/x/checkpoints/step-9", 9, made, Cancel);
        await Writer(next).CheckpointAsync("runs/x/checkpoints/step-9", 9, made, Cancel);
        await Writer(next).RequeueAsync(Cancel);

        var (first, second) = await IntervalsAsync(tenant, id) is [var f, var s]
            ? (f, s)
            : throw new InvalidOperationException("One interval for each attempt.");
        // Never beyond the expiry of the lease.
        Assert.Equal(made < first.EndedAt ? made : first.EndedAt!.Value, first.KeptUntil, TimeSpan.FromMilliseconds(1));
        Assert.True(first.ChargedSeconds > 0);
        Assert.True(first.KeptUntil <= first.EndedAt && first.EndedAt <= second.StartedAt && second.KeptUntil <= second.EndedAt);
        await Writer(await ClaimAsync($"hang/2/after/{secondsAgo}")).CancelAsync(Cancel);
    }

    [Fact]
    public async Task Charges_no_attempt_whose_work_is_not_kept()
    {
        var tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
        var id = await tenant.QueueRunAsync();
        await ClaimAsync("hang/3/0");
        await LapseAsync(id);
        await _worker.Get<RunSweep>().SweepAsync(Cancel);
        // The next attempt started from the beginning and made the checkpoint itself.
        var next = await ClaimAsync("hang/3/0");
        await Writer(next).CheckpointAsync("runs/x/checkpoints/step-1", 1, Now.AddSeconds(1), Cancel);
        Assert.Equal(0, (await IntervalsAsync(tenant, id))[0].ChargedSeconds);
        await Writer(next).CancelAsync(Cancel);
    }

    /// <summary>A clock that stands until time is let pass.</summary>
    private sealed class Stopped : TimeProvider
    {
        private long _ticks;

        public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
