using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Imports;

public sealed class AnImportThatIsReviewed(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    private static byte[] Zip(params (string Path, int Picture)[] files) =>
        Zips.Of([.. files.Select(f => (f.Path, Zips.Picture(f.Picture)))]);

    private static async Task<Tenant> WithPicturesAsync(TestWorker worker, params (string Path, int Picture)[] files)
    {
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueImportAsync(Zip(files));
        await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        return tenant;
    }

    private static async Task<Import> ImportAsync(Tenant tenant, byte[] file, Action<Import> change, string name = "pictures.zip")
    {
        var id = await tenant.QueueImportAsync(file, name, change);
        await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        return await RowAsync(tenant, id);
    }

    private static Task<Import> RowAsync(Tenant tenant, Guid id) =>
        tenant.QueryAsync(db => db.Imports.IgnoreTenantFilter().AsNoTracking().SingleAsync(i => i.Id == id, Cancel));

    /// <summary>As somebody who has decided.</summary>
    private static async Task StartAsync(Tenant tenant, Guid id, Action<Import> decide)
    {
        await tenant.QueryAsync(async db =>
        {
            var row = await db.Imports.IgnoreTenantFilter().SingleAsync(i => i.Id == id, Cancel);
            decide(row);
            row.IsDecided = true;
            return await db.SaveChangesAsync(Cancel);
        });
        await tenant.RetryJobAsync(id);
        await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
    }

    private static Task<List<string>> PicturesAsync(Tenant tenant) =>
        tenant.QueryAsync(async db =>
        {
            var classes = await db.DatasetClasses.IgnoreTenantFilter().ToDictionaryAsync(c => c.Id, c => c.Name, Cancel);
            var images = await db.DatasetImages.IgnoreTenantFilter().Where(i => i.OrgId == tenant.OrgId).ToListAsync(Cancel);
            var rows = images.Select(i =>
                $"{i.FileName} {(i.ClassId is { } id ? classes[id] : "-")} {i.Split} {(i.IsArchived ? "archived" : "")}"
            );
            return rows.Select(row => row.Replace("  ", " ", StringComparison.Ordinal).Trim()).Order(StringComparer.Ordinal).ToList();
        });

    private static Task<List<string>> SkippedAsync(Tenant tenant, Guid import) =>
        tenant.QueryAsync(db =>
            db.SkippedFiles.IgnoreTenantFilter()
                .Where(s => s.ImportId == import)
                .OrderBy(s => s.Path)
                .Select(s => s.Path + " " + s.Code)
                .ToListAsync(Cancel)
        );

    [Fact]
    public async Task Changes_nothing_and_says_what_it_would_do()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await WithPicturesAsync(worker, ("rose/1.png", 1), ("rose/2.png", 2), ("lily/3.png", 3));
        var import = await ImportAsync(
            tenant,
            Zip(
                ("rose/1.png", 11),
                ("rose/2.png", 2),
                ("rose/3.png", 3),
                ("Roses/5.png", 5),
                ("fern/6.png", 6),
                ("fern/again.png", 6),
                ("7.png", 7)
            ),
            i => i.Review = ImportReview.Conflicts
        );
        var found = import.Findings!;
        Assert.Equal((4, 2, 1), (found.Added, found.Unchanged, found.Relabelled));
        Assert.Equal((1, 1, 0), (found.SameName, found.Unlabelled, found.Skipped));
        Assert.Equal([new("Roses", 1, "rose"), new("fern", 2, null)], found.NewClasses);
        Assert.Equal("rose/1.png", Assert.Single(found.SameNameExamples));
        Assert.Equal("rose/3.png", Assert.Single(found.RelabelledExamples));
        Assert.Equal((0, 0), (import.Accepted, import.Skipped));
        Assert.Equal(["1.png rose", "2.png rose", "3.png lily"], await PicturesAsync(tenant));
        // The upload waits with it.
        Assert.NotNull((await tenant.JobAsync(import.Id)).RetryUntil);
        Assert.NotNull(await worker.Store.SizeAsync(ObjectKeys.Upload(tenant.OrgId, import.Id), Cancel));
    }

    [Fact]
    public async Task Begins_at_once_where_nothing_is_to_be_decided()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await WithPicturesAsync(worker, ("rose/1.png", 1));
        var import = await ImportAsync(tenant, Zip(("rose/2.png", 2), ("rose/1.png", 1)), i => i.Review = ImportReview.Conflicts);
        Assert.Equal((1, 1), (import.Accepted, import.Skipped));
        Assert.Null(import.Findings);
        Assert.Equal(["1.png rose", "2.png rose"], await PicturesAsync(tenant));
    }

    [Fact]
    public async Task Replaces_what_has_the_name_and_relabels_what_is_there()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await WithPicturesAsync(worker, ("test/rose/1.png", 1), ("rose/2.png", 2), ("lily/3.png", 3));
        var import = await ImportAsync(
            tenant,
            Zip(("rose/1.png", 11), ("rose/3.png", 3), ("Roses/4.png", 4), ("5.png", 5)),
            i => i.Review = ImportReview.Always
        );
        await StartAsync(
            tenant,
            import.Id,
            i =>
            {
                i.OnExisting = OnExisting.Replace;
                i.Classes = new() { ["Roses"] = "rose" };
                i.Unlabelled = true;
            }
        );
        Assert.Equal(
            ["1.png rose test", "1.png rose test archived", "2.png rose", "3.png rose", "4.png rose", "5.png -"],
            await PicturesAsync(tenant)
        );
        import = await RowAsync(tenant, import.Id);
        Assert.Equal((4, 0), (import.Accepted, import.Skipped));
        // What it has changed can be undone.
        var edit = await tenant.QueryAsync(db => db.ImageEdits.IgnoreTenantFilter().SingleAsync(e => e.Id == import.Id, Cancel));
        Assert.Equal(2, edit.Count);
    }

    [Fact]
    public async Task Skips_what_has_the_name_of_another_picture_of_its_class()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await WithPicturesAsync(worker, ("rose/1.png", 1), ("lily/2.png", 2));
        var import = await ImportAsync(
            tenant,
            Zip(("rose/1.png", 11), ("lily/1.png", 12), ("lily/2.png", 2), ("3.png", 3)),
            i => i.OnExisting = OnExisting.Skip
        );
        Assert.Equal(["1.png lily", "1.png rose", "2.png lily"], await PicturesAsync(tenant));
        Assert.Equal(["3.png no_class_folder", "lily/2.png duplicate", "rose/1.png name_exists"], await SkippedAsync(tenant, import.Id));
    }

    [Fact]
    public async Task Of_a_table_says_how_many_pictures_it_relabels()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await WithPicturesAsync(worker, ("rose/1.png", 1), ("rose/2.png", 2), ("lily/3.png", 3));
        var table = "filename,label\n1.png,Lily\n2.png,rose\n3.png,lily\n9.png,rose\n"u8.ToArray();
        var import = await ImportAsync(tenant, table, i => i.Review = ImportReview.Conflicts, "labels.csv");
        var found = import.Findings!;
        Assert.Equal((0, 2, 1, 1), (found.Added, found.Unchanged, found.Relabelled, found.Skipped));
        Assert.Equal([new("Lily", 1, "lily")], found.NewClasses);
        await StartAsync(tenant, import.Id, i => i.Classes = new() { ["Lily"] = "lily" });
        Assert.Equal(["1.png lily", "2.png rose", "3.png lily"], await PicturesAsync(tenant));
    }

    [Fact]
    public async Task Has_its_labels_in_a_table_that_was_sent_beside_it()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var part = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        var table = "filename,label,split\na/1.png,rose,test\n2,lily,\n3.png,,\n9.png,rose,\n"u8.ToArray();
        var id = await tenant.QueueImportAsync(
            Zip(("a/1.png", 1), ("a/2.png", 2), ("a/3.png", 3), ("a/4.png", 4)),
            change: i =>
            {
                (i.LabelsName, i.LabelsPart, i.LabelsBytes, i.Unlabelled) = ("labels.csv", part, table.Length, true);
                worker.Store.PutAsync(ObjectKeys.UploadPart(i.OrgId, i.Id, part), new MemoryStream(table), null, Cancel).Wait(Cancel);
            }
        );
        await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal(["1.png rose test", "2.png lily", "3.png -", "4.png -"], await PicturesAsync(tenant));
        Assert.Equal("9.png no_such_file", Assert.Single(await SkippedAsync(tenant, id)));
        await Eventually.HoldsAsync(
            async () => await worker.Store.ListAsync(ObjectKeys.Upload(tenant.OrgId, id), Cancel).ToListAsync(Cancel),
            left => left.Count == 0
        );
    }

    [Fact]
    public async Task That_is_killed_while_it_looks_looks_once_more()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var files = Enumerable.Range(0, 3000).Select(i => $"{(i % 2 == 0 ? "rose" : "lily")}/{i}.png").ToArray();
        var id = await tenant.QueueImportAsync(Zips.OfNames(files), change: i => i.Review = ImportReview.Always);
        await tenant.WaitForImportAsync(id, i => i.State == JobState.Running);
        await ProcessTable.KillWithArgumentAsync($"jobs/{id:N}");
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal((2, 0), (import.Claims, import.Accepted));
        var found = (await RowAsync(tenant, id)).Findings!;
        Assert.Equal((3000, 2), (found.Added, found.NewClasses.Count));
        Assert.Empty(await PicturesAsync(tenant));
    }

    [Fact]
    public async Task That_dies_after_its_changes_begins_anew_and_undoes_them_first()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await WithPicturesAsync(worker, ("rose/1.png", 1), ("lily/3.png", 3));
        var import = await ImportAsync(tenant, Zip(("rose/1.png", 11), ("rose/3.png", 3)), i => i.OnExisting = OnExisting.Replace);
        List<string> expected = ["1.png rose", "1.png rose archived", "3.png rose"];
        Assert.Equal(expected, await PicturesAsync(tenant));
        // As if the worker had been killed before it recorded the end.
        await worker.Store.PutAsync(
            ObjectKeys.Upload(tenant.OrgId, import.Id),
            new MemoryStream(Zip(("rose/1.png", 11), ("rose/3.png", 3))),
            null,
            Cancel
        );
        await tenant.RetryJobAsync(import.Id);
        await tenant.WaitForImportAsync(import.Id, i => i.State == JobState.Succeeded);
        Assert.Equal(expected, await PicturesAsync(tenant));
        var edit = await tenant.QueryAsync(db => db.ImageEdits.IgnoreTenantFilter().SingleAsync(e => e.Id == import.Id, Cancel));
        Assert.Equal(2, edit.Count);
    }
}
