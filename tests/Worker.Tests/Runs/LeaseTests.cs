using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Runs;

public sealed class LeasesOfRuns(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Settings _settings = new(postgres);
    private TestWorker _worker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private RunClaims Claims => _worker.Get<RunClaims>();

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

    private RunWriter Writer(ClaimedRun claim) =>
        new(_worker.Contexts, _worker.Get<GpuGeek.Infrastructure.Live.ILiveNotifier>(), TimeProvider.System, claim);

    private async Task<ClaimedRun> ClaimAsync(string slot) =>
        await Claims.NextAsync(slot, Cancel) ?? throw new InvalidOperationException("Nothing was claimed.");

    private async Task LapseAsync(Guid run)
    {
        await using var db = _worker.Contexts.System();
        await db
            .RunLeases.IgnoreTenantFilter()
            .Where(l => l.RunId == run)
            .ExecuteUpdateAsync(s => s.SetProperty(l => l.Until, TimeProvider.System.GetUtcNow().AddSeconds(-1)), Cancel);
    }

    private static RunBatch Point(long step)
    {
        var batch = new RunBatch
        {
            Running = true,
            Phase = new("training", 0.5, 10) { At = TimeProvider.System.GetUtcNow() },
            Best = (1, 0.25),
        };
        batch.Points.Add(new(MetricNames.TrainLoss, step, step, 0.5) { At = TimeProvider.System.GetUtcNow() });
        batch.Lines.Add(new("info", "line\0", TimeProvider.System.GetUtcNow()));
        return batch;
    }

    [Fact]
    public async Task A_claim_starts_the_run_and_its_interval()
    {
        var tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
        var id = await tenant.QueueRunAsync();
        var claim = await ClaimAsync("a/1/0");
        Assert.Equal((id, 1L, 1), (claim.RunId, claim.Fence, claim.Attempt));
        await Writer(claim).AppendAsync(Point(1), Cancel);
        await Writer(claim).AppendAsync(Point(1), Cancel);
        var run = await tenant.RunAsync(id);
        Assert.Equal((RunState.Running, "training", 0.5, 0.25), (run.State, run.Phase, run.Progress, run.BestValAccuracy));
        Assert.Equal(1, await tenant.QueryAsync(db => db.MetricPoints.IgnoreTenantFilter().CountAsync(p => p.RunId == id, Cancel)));
        var interval = await tenant.QueryAsync(db => db.UsageIntervals.IgnoreTenantFilter().SingleAsync(u => u.RunId == id, Cancel));
        Assert.Equal((0.90m, "USD", "a/1/0", 0m), (interval.PricePerHour, interval.Currency, interval.Slot, interval.ChargedSeconds));
        await Writer(claim).CancelAsync(Cancel);
    }

    [Fact]
    public async Task What_its_training_measured_is_in_the_recipe_of_a_run()
    {
        var tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
        var id = await tenant.QueueRunAsync();
        var claim = await ClaimAsync("a/1/0");
        var batch = new RunBatch();
        var settings = new Dictionary<string, string>
        {
            ["data.batchSize"] = "4",
            ["data.fitBatch"] = "false",
            ["optimizer.learningRate"] = "0.0007071067811865476",
        };
        batch.Resolved.Add(new(settings) { At = TimeProvider.System.GetUtcNow() });
        await Writer(claim).AppendAsync(batch, Cancel);
        var recipe = (await tenant.RunAsync(id)).Recipe;
        Assert.Equal((4, false, 0.0007071067811865476), (recipe.Data.BatchSize, recipe.Data.FitBatch, recipe.Optimizer.LearningRate));
        await Writer(claim).CancelAsync(Cancel);
    }

    [Fact]
    public async Task A_lapsed_lease_is_taken_over_and_its_former_owner_writes_nothing()
    {
        var tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
        var id = await tenant.QueueRunAsync();
        var first = await ClaimAsync("a/2/0");
        await Writer(first).CheckpointAsync("runs/x/checkpoints/step-1", 1, TimeProvider.System.GetUtcNow(), Cancel);
        await LapseAsync(id);
        Assert.Equal(1, await _worker.Get<RunSweep>().SweepAsync(Cancel));
        Assert.Equal(RunState.Queued, (await tenant.RunAsync(id)).State);

        Assert.False(Claims.Renew(first));
        await Assert.ThrowsAsync<StaleFenceException>(() => Writer(first).AppendAsync(Point(1), Cancel));
        await Assert.ThrowsAsync<StaleFenceException>(() =>
            Writer(first).CheckpointAsync("runs/x/checkpoints/step-2", 2, TimeProvider.System.GetUtcNow(), Cancel)
        );
        await Assert.ThrowsAsync<StaleFenceException>(() => Writer(first).CancelAsync(Cancel));

        var second = await ClaimAsync("b/3/0");
        Assert.True(second.Fence > first.Fence);
        await Assert.ThrowsAsync<StaleFenceException>(() => Writer(first).AppendAsync(Point(1), Cancel));
        Assert.Equal(0, await tenant.QueryAsync(db => db.MetricPoints.IgnoreTenantFilter().CountAsync(p => p.RunId == id, Cancel)));
        var intervals = await tenant.QueryAsync(db =>
            db.UsageIntervals.IgnoreTenantFilter().Where(u => u.RunId == id).OrderBy(u => u.Fence).ToListAsync(Cancel)
        );
        Assert.Equal(2, intervals.Count);
        Assert.NotNull(intervals[0].EndedAt);
        Assert.True(intervals[0].KeptUntil > intervals[0].StartedAt);
        Assert.Null(intervals[1].EndedAt);
        await Writer(second).CancelAsync(Cancel);
    }

    [Fact]
    public async Task A_lapsed_lease_that_nobody_took_is_renewed()
    {
        var tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
        var id = await tenant.QueueRunAsync();
        var claim = await ClaimAsync("a/4/0");
        await LapseAsync(id);
        Assert.True(Claims.Renew(claim));
        Assert.Equal(0, await _worker.Get<RunSweep>().SweepAsync(Cancel));
        await Writer(claim).CancelAsync(Cancel);
    }

    [Fact]
    public async Task A_run_that_was_to_be_canceled_when_its_owner_died_is_canceled()
    {
        var tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
        var id = await tenant.QueueRunAsync();
        await ClaimAsync("a/5/0");
        await using (var db = _worker.Contexts.System())
        {
            var run = await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == id, Cancel);
            run.RequestCancel(TimeProvider.System.GetUtcNow());
            await db.SaveChangesAsync(Cancel);
        }
        await LapseAsync(id);
        await _worker.Get<RunSweep>().SweepAsync(Cancel);
        Assert.Equal(RunState.Canceled, (await tenant.RunAsync(id)).State);
    }

    [Fact]
    public async Task Resumed_runs_go_first_then_priority_then_the_organisation_that_runs_least()
    {
        var many = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
        var few = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
        var resumed = await many.QueueRunAsync();
        await Writer(await ClaimAsync("f/1/0")).RequeueAsync(Cancel);
        List<Guid> queued = [];
        for (var i = 0; i < 3; i++)
            queued.Add(await many.QueueRunAsync());
        var other = await few.QueueRunAsync();
        var urgent = await many.QueueRunAsync(priority: 1);

        var order = new List<ClaimedRun>();
        for (var slot = 0; slot < 6; slot++)
            order.Add(await ClaimAsync($"f/2/{slot}"));
        Assert.Equal([resumed, urgent, other, .. queued], order.Select(c => c.RunId));
        Assert.Null(await Claims.NextAsync("f/2/6", Cancel));
        foreach (var claim in order)
            await Writer(claim).CancelAsync(Cancel);
    }

    [Fact]
    public async Task An_organisation_at_its_plans_limit_waits()
    {
        var tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store, Domain.Billing.Plan.Trial);
        for (var i = 0; i < 5; i++)
            await tenant.QueueRunAsync();
        var claims = new List<ClaimedRun>();
        for (var i = 0; i < 4; i++)
            claims.Add(await ClaimAsync($"p/1/{i}"));
        Assert.Null(await Claims.NextAsync("p/1/4", Cancel));
        foreach (var claim in claims)
            await Writer(claim).CancelAsync(Cancel);
        await Writer(await ClaimAsync("p/1/4")).CancelAsync(Cancel);
    }
}
