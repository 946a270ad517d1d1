using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Imports;

public sealed class ARestoredVersion(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    private static Task<List<DatasetImage>> ImagesAsync(Tenant tenant) =>
        tenant.QueryAsync(db =>
            db.DatasetImages.IgnoreTenantFilter().Where(i => i.OrgId == tenant.OrgId).OrderBy(i => i.Hash).ToListAsync(Cancel)
        );

    private static async Task<List<ManifestEntry>> EntriesAsync(Tenant tenant) =>
        await tenant.QueryAsync(async db =>
        {
            var rows = await db
                .DatasetImages.IgnoreTenantFilter()
                .Where(i => i.OrgId == tenant.OrgId && !i.IsArchived)
                .Join(db.DatasetClasses.IgnoreTenantFilter(), i => i.ClassId, c => c.Id, (i, c) => new { Image = i, c.Name })
                .ToListAsync(Cancel);
            return rows.Select(r => new ManifestEntry(r.Image.Hash, r.Name, r.Image.Split ?? "", r.Image.GroupName ?? ""))
                .OrderBy(e => e.Hash, StringComparer.Ordinal)
                .ToList();
        });

    private static async Task<Guid> AddVersionAsync(TestWorker worker, Tenant tenant, List<ManifestEntry> entries)
    {
        var manifest = Manifest.Write(entries);
        await worker.Store.PutAsync(ObjectKeys.Content(tenant.OrgId, Manifest.HashOf(manifest)), new MemoryStream(manifest), null, Cancel);
        var now = TimeProvider.System.GetUtcNow();
        var version = new DatasetVersion
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            DatasetId = tenant.DatasetId,
            Number = 7,
            ManifestHash = Manifest.HashOf(manifest),
            Seed = 0,
            Classes = [.. entries.Select(e => e.Label).Distinct().Order(StringComparer.Ordinal)],
            ImageCount = entries.Count,
            Counts = [],
            CreatedAt = now,
        };
        await tenant.QueryAsync(async db =>
        {
            db.DatasetVersions.Add(version);
            return await db.SaveChangesAsync(Cancel);
        });
        return version.Id;
    }

    private static async Task<Guid> RestoreAsync(Tenant tenant, Guid version)
    {
        var id = await tenant.QueueImportAsync(null, "v7", import => (import.Source, import.VersionId) = (ImportSource.Version, version));
        await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        return id;
    }

    [Fact]
    public async Task Has_its_pictures_labels_splits_and_groups_again_and_the_others_are_archived()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var first = await tenant.QueueImportAsync(Zips.OfNames("rose/1.png", "rose/2.png", "lily/3.png", "lily/4.png"));
        await tenant.WaitForImportAsync(first, i => i.State == JobState.Succeeded);
        var before = await ImagesAsync(tenant);
        List<ManifestEntry> entries =
        [
            .. (await EntriesAsync(tenant)).Select((e, i) => e with { Split = Splits.All[i % 3], Group = i == 0 ? "ann" : "" }),
        ];
        var version = await AddVersionAsync(worker, tenant, entries);
        // One goes, one is relabelled and gets a group, one is archived, and another one comes.
        await tenant.QueryAsync(async db =>
        {
            var images = await db
                .DatasetImages.IgnoreTenantFilter()
                .Where(i => i.OrgId == tenant.OrgId)
                .OrderBy(i => i.Hash)
                .ToListAsync(Cancel);
            db.Remove(images[0]);
            (images[1].ClassId, images[1].GroupName) = (images[2].ClassId, "bob");
            images[2].IsArchived = true;
            return await db.SaveChangesAsync(Cancel);
        });
        var more = await tenant.QueueImportAsync(Zips.Of(("rose/9.png", Zips.Picture(9))));
        await tenant.WaitForImportAsync(more, i => i.State == JobState.Succeeded);

        var id = await RestoreAsync(tenant, version);
        Assert.Equal(entries, await EntriesAsync(tenant));
        var after = await ImagesAsync(tenant);
        Assert.Equal("9.png", Assert.Single(after, i => i.IsArchived).FileName);
        var back = Assert.Single(after, i => i.Hash == before[0].Hash);
        Assert.Equal((before[0].Width, before[0].Height, before[0].Bytes, "png"), (back.Width, back.Height, back.Bytes, back.Format));
        Assert.Equal(before[0].PerceptualHash, back.PerceptualHash);
        Assert.Equal($"{back.Hash[..12]}.png", back.FileName);
        Assert.NotNull(await worker.Store.SizeAsync(ObjectKeys.Thumbnail(tenant.OrgId, back.Hash), Cancel));
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal((4, 0), (import.Accepted, import.Skipped));
        // Restored again it changes nothing.
        await RestoreAsync(tenant, version);
        Assert.Equal(entries, await EntriesAsync(tenant));
    }

    [Fact]
    public async Task Whose_picture_is_missing_in_the_store_is_refused_and_changes_nothing()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var first = await tenant.QueueImportAsync(Zips.OfNames("rose/1.png", "lily/3.png"));
        await tenant.WaitForImportAsync(first, i => i.State == JobState.Succeeded);
        var before = (await EntriesAsync(tenant)).ToList();
        List<ManifestEntry> entries = [before[0] with { Split = "test" }, new(new string('a', 64), "rose", "test")];
        var version = await AddVersionAsync(worker, tenant, entries);
        var id = await tenant.QueueImportAsync(null, "v7", import => (import.Source, import.VersionId) = (ImportSource.Version, version));
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Failed);
        Assert.Equal("picture_missing", import.Error!.Code);
        Assert.Equal(before, await EntriesAsync(tenant));
    }

    [Fact]
    public async Task Whose_picture_is_damaged_in_the_store_is_refused_and_changes_nothing()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var first = await tenant.QueueImportAsync(Zips.OfNames("rose/1.png", "lily/3.png"));
        await tenant.WaitForImportAsync(first, i => i.State == JobState.Succeeded);
        List<ManifestEntry> entries = [.. (await EntriesAsync(tenant)).Select(e => e with { Split = Splits.Test })];
        var version = await AddVersionAsync(worker, tenant, entries);
        await tenant.QueryAsync(db =>
            db.DatasetImages.IgnoreTenantFilter().Where(i => i.Hash == entries[0].Hash).ExecuteDeleteAsync(Cancel)
        );
        var before = await EntriesAsync(tenant);
        var stored = Path.Combine(_settings.Objects, ObjectKeys.Content(tenant.OrgId, entries[0].Hash));
        File.SetUnixFileMode(stored, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(stored, Zips.Picture(50), Cancel);
        var id = await tenant.QueueImportAsync(null, "v7", import => (import.Source, import.VersionId) = (ImportSource.Version, version));
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Failed);
        Assert.Equal("picture_missing", import.Error!.Code);
        Assert.Equal(before, await EntriesAsync(tenant));
    }
}
