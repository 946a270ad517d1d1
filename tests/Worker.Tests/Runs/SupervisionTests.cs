using System.Globalization;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Runs;

public sealed class SupervisionOfTrainings(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    private Task<TestWorker> StartAsync(string trainer, TimeSpan? grace = null) =>
        TestWorker.StartAsync(_settings, Trainers.Write(_settings, trainer), grace);

    [Fact]
    public async Task A_killed_trainer_resumes_and_nothing_happens_twice()
    {
        await using var worker = await StartAsync(Trainers.KilledOnce);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueRunAsync();
        var run = await tenant.WaitForRunAsync(id, r => r.State == RunState.Succeeded);

        Assert.Equal((2, 6, 0.6), (run.Attempt, run.BestEpoch, run.BestValAccuracy));
        var points = await tenant.QueryAsync(db =>
            db.MetricPoints.IgnoreTenantFilter().Where(p => p.RunId == id).OrderBy(p => p.Seq).ToListAsync(Cancel)
        );
        Assert.Equal([1L, 2, 3, 4, 5, 6], points.Where(p => p.Name == "train/loss").Select(p => p.Step).Order());
        Assert.Equal(points.Count, points.Select(p => p.Seq).Distinct().Count());
        var version = await tenant.QueryAsync(db => db.ModelVersions.IgnoreTenantFilter().SingleAsync(v => v.RunId == id, Cancel));
        Assert.Equal((tenant.Slug, 1, run.ModelVersionId), (version.Manifest.Model, version.Manifest.Version, version.Id));
        Assert.NotNull(await worker.Store.SizeAsync(ObjectKeys.Content(tenant.OrgId, version.OnnxHash), Cancel));
        var intervals = await tenant.QueryAsync(db =>
            db.UsageIntervals.IgnoreTenantFilter().Where(u => u.RunId == id).OrderBy(u => u.Fence).ToListAsync(Cancel)
        );
        Assert.Equal(2, intervals.Count);
        Assert.All(intervals, i => Assert.NotNull(i.EndedAt));
        Assert.True(intervals[0].KeptUntil < intervals[0].EndedAt, "the points after the last checkpoint are not charged");
        Assert.Equal(intervals[1].EndedAt, intervals[1].KeptUntil);
        var lines = await tenant.QueryAsync(db =>
            db.RunLogLines.IgnoreTenantFilter().Where(l => l.RunId == id).OrderBy(l => l.Seq).Select(l => l.Message).ToListAsync(Cancel)
        );
        Assert.Contains("begins at step 1", lines);
        Assert.Contains("begins at step 4", lines);
        Assert.Contains(lines, l => l.Contains("signal 9", StringComparison.Ordinal));
        await Eventually.HoldsAsync(() => Directory.Exists(Path.Combine(_settings.Work, "runs", id.ToString("N"))), exists => !exists);
    }

    [Fact]
    public async Task A_second_run_makes_the_second_version()
    {
        await using var worker = await StartAsync(Trainers.Succeeds);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        await tenant.WaitForRunAsync(await tenant.QueueRunAsync(), r => r.State == RunState.Succeeded);
        await tenant.WaitForRunAsync(await tenant.QueueRunAsync(), r => r.State == RunState.Succeeded);
        Assert.Equal(
            [1, 2],
            await tenant.QueryAsync(db =>
                db.ModelVersions.IgnoreTenantFilter().Where(v => v.OrgId == tenant.OrgId).Select(v => v.Number).Order().ToListAsync(Cancel)
            )
        );
        Assert.Single(
            await tenant.QueryAsync(db => db.Models.IgnoreTenantFilter().Where(m => m.OrgId == tenant.OrgId).ToListAsync(Cancel))
        );
    }

    [Fact]
    public async Task Canceling_ends_a_trainer_that_ignores_signals_and_all_it_started()
    {
        await using var worker = await StartAsync(Trainers.Deaf, TimeSpan.FromSeconds(1));
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueRunAsync();
        await tenant.WaitForRunAsync(id, r => r.State == RunState.Running);
        var folder = Path.Combine(_settings.Work, "runs", id.ToString("N"));
        int[] processes =
        [
            .. new[] { "self", "grandchild" }.Select(n =>
                int.Parse(File.ReadAllText(Path.Combine(folder, n)), CultureInfo.InvariantCulture)
            ),
        ];
        Assert.All(processes, p => Assert.True(ProcessTable.Alive(p)));
        await CancelAsync(worker, id);
        await tenant.WaitForRunAsync(id, r => r.State == RunState.Canceled);
        Assert.All(processes, p => Assert.False(ProcessTable.Alive(p)));
    }

    [Fact]
    public async Task A_trainer_that_never_pauses_is_canceled_too()
    {
        await using var worker = await StartAsync(Trainers.Chatters, TimeSpan.FromSeconds(1));
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueRunAsync();
        await tenant.WaitForRunAsync(id, r => r.State == RunState.Running);
        await CancelAsync(worker, id);
        await tenant.WaitForRunAsync(id, r => r.State == RunState.Canceled);
    }

    private static async Task CancelAsync(TestWorker worker, Guid id)
    {
        await using var db = worker.Contexts.System();
        var run = await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == id, Cancel);
        run.RequestCancel(TimeProvider.System.GetUtcNow());
        await db.SaveChangesAsync(Cancel);
    }

    [Fact]
    public async Task Draining_saves_the_work_and_gives_the_run_back()
    {
        await using var worker = await StartAsync(Trainers.UntilStopped);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueRunAsync();
        await tenant.WaitForRunAsync(id, r => r.CheckpointStep == 1);
        await worker.DrainAsync();
        var run = await tenant.RunAsync(id);
        Assert.Equal((RunState.Queued, 2L), (run.State, run.CheckpointStep));
        var interval = await tenant.QueryAsync(db => db.UsageIntervals.IgnoreTenantFilter().SingleAsync(u => u.RunId == id, Cancel));
        Assert.NotNull(interval.EndedAt);

        // Elsewhere: another work folder, so the checkpoint comes from the store.
        Directory.Delete(_settings.Work, recursive: true);
        await using var elsewhere = await StartAsync("echo \"resumes at $(last)\"; result");
        await tenant.WaitForRunAsync(id, r => r.State == RunState.Succeeded);
        Assert.True(
            await tenant.QueryAsync(db =>
                db.RunLogLines.IgnoreTenantFilter().AnyAsync(l => l.RunId == id && l.Message == "resumes at 2", Cancel)
            )
        );
    }

    [Fact]
    public async Task A_run_whose_trainer_always_dies_fails()
    {
        await using var worker = await StartAsync(Trainers.AlwaysDies);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueRunAsync();
        var run = await tenant.WaitForRunAsync(id, r => r.State == RunState.Failed);
        Assert.Equal(("too_many_attempts", Run.MaxDeaths), (run.Error!.Code, run.Attempt));
    }

    [Fact]
    public async Task A_training_that_cannot_succeed_fails_at_once_with_its_reason()
    {
        await using var worker = await StartAsync(Trainers.Fails);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var run = await tenant.WaitForRunAsync(await tenant.QueueRunAsync(), r => r.State == RunState.Failed);
        Assert.Equal(("too_few_classes", "h", 1), (run.Error!.Code, run.Error.Hint, run.Attempt));
    }

    [Fact]
    public async Task A_missing_picture_fails_the_run_with_a_reason()
    {
        await using var worker = await StartAsync(Trainers.Succeeds);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        await foreach (var key in worker.Store.ListAsync(ObjectKeys.Organisation(tenant.OrgId), Cancel))
            if (await worker.Store.SizeAsync(key, Cancel) == 17)
                await worker.Store.DeleteAsync(key, Cancel);
        var run = await tenant.WaitForRunAsync(await tenant.QueueRunAsync(), r => r.State == RunState.Failed);
        Assert.Equal("object_missing", run.Error!.Code);
    }
}
