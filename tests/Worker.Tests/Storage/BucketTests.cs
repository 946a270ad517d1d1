using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Storage.Tests.S3;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Storage;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Storage;

/// <summary>Workers use a bucket on a real S3 server like a folder.</summary>
public sealed class WorkersOnABucket : IClassFixture<SwiftServer>, IDisposable
{
    private readonly List<Settings> _settings = [];
    private readonly PostgresFixture _postgres;
    private readonly SwiftServer _swift;

    public WorkersOnABucket(PostgresFixture postgres, SwiftServer swift)
    {
        (_postgres, _swift) = (postgres, swift);
        swift.Require();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.ForEach(settings => settings.Dispose());

    private Task<TestWorker> StartAsync(string? trainer = null)
    {
        var settings = new Settings(_postgres);
        _settings.Add(settings);
        settings.Variables.Remove("GPUGEEK_OBJECTS");
        foreach (var (name, value) in _swift.Variables())
            settings.Variables[name] = value;
        return TestWorker.StartAsync(settings, trainer is null ? null : Trainers.Write(settings, trainer));
    }

    [Fact]
    public async Task Import_pictures()
    {
        await using var worker = await StartAsync();
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueImportAsync(Zips.OfNames("cat/1.png", "dog/2.png"));
        await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        var images = await tenant.QueryAsync(db =>
            db.DatasetImages.IgnoreTenantFilter().Where(i => i.OrgId == tenant.OrgId).ToListAsync(Cancel)
        );
        Assert.Equal(2, images.Count);
        foreach (var image in images)
        {
            Assert.Equal(image.Bytes, await worker.Store.SizeAsync(ObjectKeys.Content(tenant.OrgId, image.Hash), Cancel));
            Assert.NotNull(await worker.Store.SizeAsync(ObjectKeys.Thumbnail(tenant.OrgId, image.Hash), Cancel));
        }
        // The row says so first.
        await Eventually.HoldsAsync(() => worker.Store.SizeAsync(ObjectKeys.Upload(tenant.OrgId, id), Cancel), size => size is null);
    }

    [Fact]
    public async Task Hand_a_training_from_one_machine_to_another_and_leave_no_checkpoint_behind()
    {
        await using var worker = await StartAsync(Trainers.UntilStopped);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueRunAsync();
        await tenant.WaitForRunAsync(id, r => r.CheckpointStep == 1);
        await worker.DrainAsync();
        Assert.NotNull((await tenant.RunAsync(id)).CheckpointKey);
        await using var elsewhere = await StartAsync("echo \"resumes at $(last)\"; result");
        var run = await tenant.WaitForRunAsync(id, r => r.State == RunState.Succeeded);
        Assert.True(
            await tenant.QueryAsync(db =>
                db.RunLogLines.IgnoreTenantFilter().AnyAsync(l => l.RunId == id && l.Message == "resumes at 2", Cancel)
            )
        );
        var version = await tenant.QueryAsync(db =>
            db.ModelVersions.IgnoreTenantFilter().SingleAsync(v => v.Id == run.ModelVersionId, Cancel)
        );
        Assert.Equal(version.OnnxBytes, await elsewhere.Store.SizeAsync(ObjectKeys.Content(tenant.OrgId, version.OnnxHash), Cancel));
        // The run has succeeded first; what it no longer needs is removed after that.
        await Eventually.HoldsAsync(
            async () => await elsewhere.Store.ListAsync($"orgs/{tenant.OrgId:N}/runs/", Cancel).ToListAsync(Cancel),
            left => left.Count == 0
        );
    }

    [Fact]
    public async Task Go_round_as_janitors()
    {
        await using var worker = await StartAsync();
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        await worker.Store.PutAsync(
            ObjectKeys.Upload(tenant.OrgId, Guid.CreateVersion7(TimeProvider.System.GetUtcNow())),
            new MemoryStream([1, 2, 3]),
            Cancel
        );
        var round = await worker.Get<Janitor>().RunAsync(Cancel);
        Assert.Equal((0, true), (round!.Deleted, round.Waiting > 0));
        Assert.NotNull(await worker.Store.SizeAsync(UnreferencedLedger.Key, Cancel));
    }
}
