using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Runs;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Runs;

public sealed class ATrainingFromSampleToModel(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Survives_kill_9_and_publishes_one_version_that_says_what_it_is()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await ShapesTraining.QueueAsync(worker, tenant);

        await tenant.WaitForRunAsync(id, r => r.CheckpointStep > 0);
        foreach (var trainer in ProcessTable.WithArgument($"runs/{id:N}"))
            Signals.Send(trainer, Signals.Kill);
        var run = await tenant.WaitForRunAsync(id, r => r.State == RunState.Succeeded);

        Assert.Equal(2, run.Attempt);
        Assert.InRange(run.Result!.OnnxMaxDifference, 0, 1e-3);
        Assert.Contains(run.Recipe.Compute.Precision, (string[])["float32", "bfloat16"]);
        // The organisation's next run finds its training pictures decoded.
        var decoded = worker.Get<PictureCache>().DecodedFolder(tenant.OrgId);
        Assert.NotEmpty(Directory.GetFiles(decoded, "*", SearchOption.AllDirectories));
        var version = await tenant.QueryAsync(db => db.ModelVersions.IgnoreTenantFilter().SingleAsync(v => v.RunId == id, Cancel));
        Assert.Equal(tenant.Slug, version.Manifest.Model);
        Assert.Equal(["circle", "cross", "square", "star", "triangle"], version.Manifest.Classes);
        Assert.Equal(version.OnnxBytes, await worker.Store.SizeAsync(ObjectKeys.Content(tenant.OrgId, version.OnnxHash), Cancel));
        var accuracies = await tenant.QueryAsync(db =>
            db.MetricPoints.IgnoreTenantFilter()
                .Where(p => p.RunId == id && p.Name == MetricNames.ValAccuracy)
                .Select(p => p.Epoch)
                .Order()
                .ToListAsync(Cancel)
        );
        Assert.Equal([1.0, 2, 3, 4], accuracies);
    }
}
