using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Runs;

public sealed class DeathsOfATrainer(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    private Task<TestWorker> StartAsync(string trainer) => TestWorker.StartAsync(_settings, Trainers.Write(_settings, trainer));

    private static async Task<ClaimedRun> ClaimAsync(TestWorker worker, int slot) =>
        await worker.Get<RunClaims>().NextAsync($"deaths/1/{slot}", Cancel) ?? throw new InvalidOperationException("Nothing was claimed.");

    private static RunWriter Writer(TestWorker worker, ClaimedRun claim) =>
        new(worker.Contexts, worker.Get<ILiveNotifier>(), TimeProvider.System, claim);

    private static async Task LapseAsync(TestWorker worker, Guid run)
    {
        await using var db = worker.Contexts.System();
        await db
            .RunLeases.IgnoreTenantFilter()
            .Where(l => l.RunId == run)
            .ExecuteUpdateAsync(s => s.SetProperty(l => l.Until, TimeProvider.System.GetUtcNow().AddSeconds(-1)), Cancel);
    }

    private static async Task ResumeAsync(TestWorker worker, Guid id)
    {
        await using var db = worker.Contexts.System();
        (await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == id, Cancel)).Resume(TimeProvider.System.GetUtcNow());
        await db.SaveChangesAsync(Cancel);
    }

    private static Task<string> WeightsAsync(Tenant tenant, Guid run) =>
        tenant.QueryAsync(db =>
            db.ModelVersions.IgnoreTenantFilter().Where(v => v.RunId == run).Select(v => v.WeightsHash!).SingleAsync(Cancel)
        );

    private static Task<int> IntervalsAsync(Tenant tenant, Guid run) =>
        tenant.QueryAsync(db => db.UsageIntervals.IgnoreTenantFilter().CountAsync(u => u.RunId == run && u.EndedAt != null, Cancel));

    [Fact]
    public async Task Are_counted_and_clean_stops_of_the_worker_and_expired_leases_are_not()
    {
        await using var worker = TestWorker.Create(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueRunAsync();
        for (var i = 0; i < Run.MaxDeaths; i++)
            await Writer(worker, await ClaimAsync(worker, i)).RequeueAsync(Cancel);
        for (var i = 0; i < Run.MaxDeaths; i++)
        {
            await ClaimAsync(worker, 10 + i);
            await LapseAsync(worker, id);
            await worker.Get<RunSweep>().SweepAsync(Cancel);
        }
        await Writer(worker, await ClaimAsync(worker, 20)).TrainerDiedAsync("was killed", Cancel);
        var run = await tenant.RunAsync(id);
        Assert.Equal((RunState.Queued, 2 * Run.MaxDeaths + 1, 1), (run.State, run.Attempt, run.Deaths));
        Assert.Equal(run.Attempt, await IntervalsAsync(tenant, id));
        await Writer(worker, await ClaimAsync(worker, 21)).CancelAsync(Cancel);
    }

    [Fact]
    public async Task Count_no_longer_once_a_new_checkpoint_is_kept()
    {
        await using var worker = await StartAsync(Trainers.DiesAfterEachCheckpoint);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var run = await tenant.WaitForRunAsync(await tenant.QueueRunAsync(), r => r.State == RunState.Succeeded);
        Assert.Equal((7, 7), (run.Attempt, await IntervalsAsync(tenant, run.Id)));
    }

    [Fact]
    public async Task Without_progress_fail_the_run_which_resumes_from_its_checkpoint_and_ends_as_if_undisturbed()
    {
        // Never started: it only reads the usage intervals, even after the first worker has exited.
        await using var books = TestWorker.Create(_settings);
        var tenant = await Tenant.CreateAsync(books.Contexts, books.Store);
        var failed = await tenant.QueueRunAsync();
        await using (var worker = await StartAsync(Trainers.DiesWithoutProgress))
        {
            var run = await tenant.WaitForRunAsync(failed, r => r.State == RunState.Failed);
            Assert.Equal(("too_many_attempts", Run.MaxDeaths, 2L), (run.Error!.Code, run.Attempt, run.CheckpointStep));
            Assert.Equal(Restartable.KeptFor, run.RetryUntil - run.FinishedAt);
            Assert.NotEmpty(await worker.Store.ListAsync(run.CheckpointKey + "/", Cancel).ToListAsync(Cancel));
        }
        // Another work folder: the checkpoint comes from the store.
        Directory.Delete(_settings.Work, recursive: true);
        await using var elsewhere = await StartAsync(Trainers.Finishes);
        await ResumeAsync(elsewhere, failed);
        var resumed = await tenant.WaitForRunAsync(failed, r => r.State == RunState.Succeeded);
        Assert.Equal((Run.MaxDeaths + 1, Run.MaxDeaths + 1, null), (resumed.Attempt, await IntervalsAsync(tenant, failed), resumed.Error));
        Assert.True(
            await tenant.QueryAsync(db =>
                db.RunLogLines.IgnoreTenantFilter().AnyAsync(l => l.RunId == failed && l.Message == "begins at step 3", Cancel)
            )
        );
        var undisturbed = await tenant.WaitForRunAsync(await tenant.QueueRunAsync(), r => r.State == RunState.Succeeded);
        Assert.Equal(await WeightsAsync(tenant, undisturbed.Id), await WeightsAsync(tenant, failed));
    }

    [Fact]
    public async Task Of_the_worker_end_a_run_after_a_hundred_and_it_can_be_resumed()
    {
        await using var worker = TestWorker.Create(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueRunAsync();
        var claim = await ClaimAsync(worker, 30);
        var key = ObjectKeys.Run(tenant.OrgId, id, claim.Fence, "checkpoints/step-1");
        await Writer(worker, claim).CheckpointAsync(key, 1, TimeProvider.System.GetUtcNow(), Cancel);
        await tenant.QueryAsync(db =>
            db.Runs.IgnoreTenantFilter()
                .Where(r => r.Id == id)
                .ExecuteUpdateAsync(s => s.SetProperty(r => r.Lapses, Restartable.MaxLapses - 1), Cancel)
        );
        await LapseAsync(worker, id);
        await worker.Get<RunSweep>().SweepAsync(Cancel);
        var run = await tenant.RunAsync(id);
        Assert.Equal((RunState.Failed, "worker_failed", key), (run.State, run.Error!.Code, run.CheckpointKey));
        await ResumeAsync(worker, id);
        await Writer(worker, await ClaimAsync(worker, 31)).CancelAsync(Cancel);
        Assert.Equal((2, 2), ((await tenant.RunAsync(id)).Attempt, await IntervalsAsync(tenant, id)));
    }
}
