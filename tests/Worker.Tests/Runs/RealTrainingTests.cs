using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Runs;

public sealed class ATrainingFromSampleToModel(PostgresFixture postgres) : IDisposable
{
    private const int PerClass = 16;
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Survives_kill_9_and_publishes_one_version_that_says_what_it_is()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        await tenant.WaitForImportAsync(await tenant.QueueImportAsync(null, "shapes"), i => i.State == ImportState.Succeeded);
        var id = await QueueAsync(worker, tenant, await FreezeAsync(worker, tenant));

        await tenant.WaitForRunAsync(id, r => r.CheckpointStep > 0);
        foreach (var trainer in ProcessTable.WithArgument($"runs/{id:N}"))
            Signals.Send(trainer, Signals.Kill);
        var run = await tenant.WaitForRunAsync(id, r => r.State == RunState.Succeeded);

        Assert.Equal(2, run.Attempt);
        Assert.InRange(run.Result!.OnnxMaxDifference, 0, 1e-3);
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

    private static async Task<Guid> FreezeAsync(TestWorker worker, Tenant tenant)
    {
        var images = await tenant.QueryAsync(db =>
            db.DatasetImages.IgnoreTenantFilter()
                .Where(i => i.OrgId == tenant.OrgId)
                .Join(
                    db.DatasetClasses.IgnoreTenantFilter(),
                    i => i.ClassId,
                    c => c.Id,
                    (i, c) => new SplitCandidate(i.Hash, c.Name, null, "")
                )
                .ToListAsync(Cancel)
        );
        var entries = StratifiedSplit.Assign(
            [.. images.GroupBy(i => i.Label).SelectMany(c => c.OrderBy(i => i.Hash, StringComparer.Ordinal).Take(PerClass))],
            SplitFractions.Default,
            0
        );
        var manifest = Manifest.Write(entries);
        await worker.Store.PutAsync(ObjectKeys.Content(tenant.OrgId, Manifest.HashOf(manifest)), new MemoryStream(manifest), Cancel);
        var version = new DatasetVersion
        {
            OrgId = tenant.OrgId,
            Id = NewId(),
            DatasetId = tenant.DatasetId,
            Number = 2,
            ManifestHash = Manifest.HashOf(manifest),
            Seed = 0,
            Classes = [.. entries.Select(e => e.Label).Distinct().Order(StringComparer.Ordinal)],
            ImageCount = entries.Count,
            Counts = [],
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        await using var db = worker.Contexts.System();
        db.DatasetVersions.Add(version);
        await db.SaveChangesAsync(Cancel);
        return version.Id;
    }

    private static async Task<Guid> QueueAsync(TestWorker worker, Tenant tenant, Guid version)
    {
        var run = new Run
        {
            OrgId = tenant.OrgId,
            Id = NewId(),
            ProjectId = tenant.ProjectId,
            DatasetVersionId = version,
            DatasetName = "shapes",
            DatasetVersionNumber = 1,
            Name = "shapes",
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Recipe = RecipePresets.Resolve(
                new()
                {
                    Preset = RecipePresets.Balanced,
                    ["budget.epochs"] = 4,
                    ["data.batchSize"] = 16,
                    ["transfer.pretrained"] = false,
                    ["model.inputSize"] = 64,
                }
            ),
        };
        await using var db = worker.Contexts.System();
        db.Runs.Add(run);
        await db.SaveChangesAsync(Cancel);
        return run.Id;
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
}
