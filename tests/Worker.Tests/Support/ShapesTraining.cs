using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Recipes;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Support;

/// <summary>A small real training.</summary>
internal static class ShapesTraining
{
    private const int PerClass = 16;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A version of a few pictures of each class of the sample.</summary>
    public static async Task<DatasetVersion> VersionAsync(TestWorker worker, Tenant tenant)
    {
        await tenant.WaitForImportAsync(await tenant.QueueImportAsync(null, "shapes"), i => i.State == JobState.Succeeded);
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
        var pictures = new VersionPictures();
        foreach (var image in images.GroupBy(i => i.Label).SelectMany(c => c.OrderBy(i => i.Hash, StringComparer.Ordinal).Take(PerClass)))
            pictures.Add(image);
        StratifiedSplit.Assign(pictures, SplitFractions.Default, 0);
        var manifest = Manifest.Write(pictures.Entries());
        await worker.Store.PutAsync(ObjectKeys.Content(tenant.OrgId, Manifest.HashOf(manifest)), new MemoryStream(manifest), Cancel);
        var version = new DatasetVersion
        {
            OrgId = tenant.OrgId,
            Id = NewId(),
            DatasetId = tenant.DatasetId,
            Number = 2,
            ManifestHash = Manifest.HashOf(manifest),
            Seed = 0,
            Classes = [.. pictures.Labels.All.Order(StringComparer.Ordinal)],
            ImageCount = pictures.Count,
            Counts = [],
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        await using var db = worker.Contexts.System();
        db.DatasetVersions.Add(version);
        await db.SaveChangesAsync(Cancel);
        return version;
    }

    /// <summary>A run on the sample, from import to queued run.</summary>
    public static async Task<Guid> QueueAsync(TestWorker worker, Tenant tenant, int epochs = 4)
    {
        var version = await VersionAsync(worker, tenant);
        return await QueueAsync(
            worker,
            tenant,
            version,
            new()
            {
                Preset = RecipePresets.Balanced,
                ["budget.epochs"] = epochs,
                ["data.batchSize"] = 16,
                ["transfer.pretrained"] = false,
                ["model.inputSize"] = 64,
            }
        );
    }

    public static async Task<Guid> QueueAsync(TestWorker worker, Tenant tenant, DatasetVersion version, PartialRecipe recipe)
    {
        var run = new Run
        {
            OrgId = tenant.OrgId,
            Id = NewId(),
            ProjectId = tenant.ProjectId,
            DatasetVersionId = version.Id,
            DatasetName = "shapes",
            DatasetVersionNumber = 1,
            Name = "shapes",
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Recipe = RecipePresets.Resolve(recipe),
        };
        await using var db = worker.Contexts.System();
        db.Runs.Add(run);
        await db.SaveChangesAsync(Cancel);
        return run.Id;
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
}
