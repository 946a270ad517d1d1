using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Imports;

public sealed class ATableForPicturesThatAreThere(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    private static async Task<Tenant> WithPicturesAsync(TestWorker worker, params (string Path, int Picture)[] files)
    {
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueImportAsync(Zips.Of([.. files.Select(f => (f.Path, Zips.Picture(f.Picture)))]));
        await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        return tenant;
    }

    private static Task<List<string>> LabelsAsync(Tenant tenant) =>
        tenant.QueryAsync(async db =>
            (
                await db
                    .DatasetImages.IgnoreTenantFilter()
                    .Where(i => i.OrgId == tenant.OrgId)
                    .Join(db.DatasetClasses.IgnoreTenantFilter(), i => i.ClassId, c => c.Id, (i, c) => new { i, c.Name })
                    .ToListAsync(Cancel)
            )
                .Select(r => $"{r.i.FileName} {r.Name} {r.i.Split} {r.i.GroupName}".TrimEnd())
                .Order(StringComparer.Ordinal)
                .ToList()
        );

    private static Task<List<string>> SkippedAsync(Tenant tenant, Guid import) =>
        tenant.QueryAsync(db =>
            db.SkippedFiles.IgnoreTenantFilter()
                .Where(s => s.ImportId == import)
                .OrderBy(s => s.Id)
                .Select(s => s.Path + " " + s.Code)
                .ToListAsync(Cancel)
        );

    [Fact]
    public async Task Changes_classes_splits_and_groups_and_says_what_it_did_not_find()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await WithPicturesAsync(worker, ("test/cat/1.png", 1), ("cat/2.png", 2), ("dog/2.png", 3), ("dog/4.png", 4));
        var table = "filename,label,split,group\n1.png,lynx,,ann\ncat/2.png,dog,val,\n2.png,x,,\n4,cat,,\n5.png,cat,,\n"u8.ToArray();
        var id = await tenant.QueueImportAsync(table, "labels.csv");
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal((3, 2), (import.Accepted, import.Skipped));
        Assert.Equal(["1.png lynx test ann", "2.png dog", "2.png dog val", "4.png cat"], await LabelsAsync(tenant));
        Assert.Equal(["2.png ambiguous_name", "5.png no_such_file"], await SkippedAsync(tenant, id));
    }

    [Theory]
    [InlineData("filename,label\n9.png,cat\n", "labels_match_nothing")]
    [InlineData("weight,height\n7,8\n", "labels_damaged")]
    [InlineData("filename,label\n1.png,\"lynx\n", "labels_damaged")]
    [InlineData("", "labels_damaged")]
    public async Task That_cannot_be_used_changes_nothing_and_says_why(string table, string code)
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await WithPicturesAsync(worker, ("cat/1.png", 1));
        var id = await tenant.QueueImportAsync(System.Text.Encoding.UTF8.GetBytes(table), "labels.csv");
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Failed);
        Assert.Equal(code, import.Error!.Code);
        Assert.Equal(["1.png cat"], await LabelsAsync(tenant));
    }

    [Fact]
    public async Task Of_ten_thousand_rows_and_more_is_applied_at_once_and_keeps_a_class_named_like_a_split()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await WithPicturesAsync(worker, ("cat/1.png", 1), ("test/dog/2.png", 2));
        var rows = string.Concat(Enumerable.Range(0, 11_000).Select(i => $"x{i}.png,cat\n"));
        var first = await tenant.QueueImportAsync(System.Text.Encoding.UTF8.GetBytes($"1.png,test\n2.png,test\n{rows}"), "a.csv");
        var import = await tenant.WaitForImportAsync(first, i => i.State == JobState.Succeeded);
        Assert.Equal((2, 10_001), (import.Accepted, import.Skipped));
        // Now their class is named like a split, which says nothing of their split.
        var second = await tenant.QueueImportAsync("test/1.png,bird\ntest/2.png,bird\n"u8.ToArray(), "b.csv");
        await tenant.WaitForImportAsync(second, i => i.State == JobState.Succeeded);
        Assert.Equal(["1.png bird", "2.png bird test"], await LabelsAsync(tenant));
    }
}
