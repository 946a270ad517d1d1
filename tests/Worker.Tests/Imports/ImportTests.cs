using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Jobs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Imports;

public sealed class ImportsIntoADataset(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    private static Task<int> ImagesAsync(Tenant tenant) =>
        tenant.QueryAsync(db => db.DatasetImages.IgnoreTenantFilter().CountAsync(i => i.OrgId == tenant.OrgId, Cancel));

    private static Task<List<SkippedFile>> SkippedAsync(Tenant tenant, Guid import) =>
        tenant.QueryAsync(db =>
            db.SkippedFiles.IgnoreTenantFilter()
                .Where(s => s.OrgId == tenant.OrgId && s.ImportId == import)
                .OrderBy(s => s.Id)
                .ToListAsync(Cancel)
        );

    [Fact]
    public async Task Pictures_arrive_with_class_split_object_and_thumbnail()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueImportAsync(Zips.OfNames("train/cat/1.png", "test/dog/2.png", "3.png"));
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal((2, 1, 1.0), (import.Accepted, import.Skipped, import.Progress));
        var images = await tenant.QueryAsync(db =>
            db.DatasetImages.IgnoreTenantFilter().Where(i => i.OrgId == tenant.OrgId).OrderBy(i => i.FileName).ToListAsync(Cancel)
        );
        Assert.Equal([("1.png", "train"), ("2.png", "test")], images.Select(i => (i.FileName, i.Split!)));
        foreach (var image in images)
        {
            Assert.Equal(image.Bytes, await worker.Store.SizeAsync(ObjectKeys.Content(tenant.OrgId, image.Hash), Cancel));
            Assert.NotNull(await worker.Store.SizeAsync(ObjectKeys.Thumbnail(tenant.OrgId, image.Hash), Cancel));
        }
        Assert.Equal(["no_class_folder"], (await SkippedAsync(tenant, id)).Select(s => s.Code));
        // The row says so first.
        await Eventually.HoldsAsync(() => worker.Store.SizeAsync(ObjectKeys.Upload(tenant.OrgId, id), Cancel), size => size is null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_archive_that_came_in_parts_is_joined_in_their_order_and_all_of_them_go_afterwards(int parts)
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        // Names that do not sort in the order of the bytes.
        Guid[] names = [.. Enumerable.Range(0, parts).Select(i => new Guid(9 - i, 0, 0, new byte[8]))];
        var id = await tenant.QueueImportAsync(Zips.OfNames("cat/1.png", "dog/2.png"), change: import => import.Parts = names);
        // A request that lost its claim left this one.
        await worker.Store.PutAsync(ObjectKeys.UploadPart(tenant.OrgId, id, Guid.Empty), new MemoryStream([1]), Cancel);
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal((2, 0), (import.Accepted, import.Skipped));
        await Eventually.HoldsAsync(
            async () => await worker.Store.ListAsync(ObjectKeys.Upload(tenant.OrgId, id), Cancel).ToListAsync(Cancel),
            left => left.Count == 0
        );
    }

    [Fact]
    public async Task A_table_gives_class_split_and_group_and_its_rows_without_a_file_are_listed()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var table = "filename,label,split,group\n1.png,cat,test,ann\n2.png,dog,,\n3.png,dog,,\n"u8.ToArray();
        var id = await tenant.QueueImportAsync(Zips.Of(("p/1.png", Zips.Picture(1)), ("p/2.png", Zips.Picture(2)), ("labels.csv", table)));
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal((2, 1), (import.Accepted, import.Skipped));
        var images = await tenant.QueryAsync(db =>
            db.DatasetImages.IgnoreTenantFilter().Where(i => i.OrgId == tenant.OrgId).OrderBy(i => i.FileName).ToListAsync(Cancel)
        );
        Assert.Equal([("1.png", "test", "ann"), ("2.png", null, null)], images.Select(i => (i.FileName, i.Split, i.GroupName)));
        var missing = Assert.Single(await SkippedAsync(tenant, id));
        Assert.Equal(("3.png", "no_such_file"), (missing.Path, missing.Code));
        Assert.StartsWith("labels.csv, line 4: ", missing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_picture_twice_is_a_duplicate_and_under_two_labels_a_conflict()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var picture = Zips.Picture(1);
        var id = await tenant.QueueImportAsync(Zips.Of(("cat/1.png", picture), ("cat/again.png", picture), ("dog/other.png", picture)));
        await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal(["duplicate", "label_conflict"], (await SkippedAsync(tenant, id)).Select(s => s.Code).Order());
        var second = await tenant.QueueImportAsync(Zips.Of(("cat/1.png", picture)));
        var import = await tenant.WaitForImportAsync(second, i => i.State == JobState.Succeeded);
        Assert.Equal((0, 1), (import.Accepted, import.Skipped));
        Assert.Equal(1, await ImagesAsync(tenant));
    }

    [Fact]
    public async Task The_sample_needs_no_upload()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var import = await tenant.WaitForImportAsync(await tenant.QueueImportAsync(null, "shapes"), i => i.State == JobState.Succeeded);
        Assert.Equal(600, import.Accepted);
        Assert.Equal(
            5,
            await tenant.QueryAsync(db => db.DatasetClasses.IgnoreTenantFilter().CountAsync(c => c.OrgId == tenant.OrgId, Cancel))
        );
    }

    [Fact]
    public async Task A_refused_archive_leaves_nothing_and_says_why()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        // The fault is found only after pictures were imported.
        string[] names = [.. Enumerable.Range(0, 300).Select(i => $"cat/{i:000}.png")];
        var zip = Zips.PatchEntry(Zips.OfNames(names), 299, 16, 0xDEADBEEF, 4);
        var import = await tenant.WaitForImportAsync(await tenant.QueueImportAsync(zip), i => i.State == JobState.Failed);
        Assert.Equal("archive_damaged", import.Error!.Code);
        Assert.Contains("cat/299.png", import.Error.Detail, StringComparison.Ordinal);
        Assert.NotNull(import.Error.Hint);
        Assert.Equal(0, await ImagesAsync(tenant));
        Assert.Equal(
            0,
            await tenant.QueryAsync(db => db.DatasetClasses.IgnoreTenantFilter().CountAsync(c => c.OrgId == tenant.OrgId, Cancel))
        );
    }

    [Fact]
    public async Task An_archive_without_pictures_fails_and_lists_what_it_left_out()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueImportAsync(Zips.OfNames("1.png", "2.png"));
        Assert.Equal("no_pictures", (await tenant.WaitForImportAsync(id, i => i.State == JobState.Failed)).Error!.Code);
        Assert.Equal(2, (await SkippedAsync(tenant, id)).Count);
    }

    [Fact]
    public async Task Canceling_removes_only_the_pictures_of_the_import()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        await tenant.WaitForImportAsync(
            await tenant.QueueImportAsync(Zips.Of(("cat/first.png", Zips.Picture(9000)))),
            i => i.State == JobState.Succeeded
        );
        var id = await tenant.QueueImportAsync(
            Zips.OfNames([.. Enumerable.Range(0, 3000).Select(i => $"{(i % 2 == 0 ? "cat" : "dog")}/{i}.png")])
        );
        await tenant.WaitForImportAsync(id, i => i.Accepted > 0);
        await tenant.ChangeJobAsync(id, s => s.SetProperty(j => j.CancelRequested, true));
        await tenant.WaitForImportAsync(id, i => i.State == JobState.Canceled);
        Assert.Equal(1, await ImagesAsync(tenant));
        Assert.Equal(
            ["cat"],
            await tenant.QueryAsync(db =>
                db.DatasetClasses.IgnoreTenantFilter().Where(c => c.OrgId == tenant.OrgId).Select(c => c.Name).ToListAsync(Cancel)
            )
        );
        Assert.Empty(ProcessTable.WithArgument($"jobs/{id:N}"));
    }

    [Fact]
    public async Task The_plans_limit_ends_the_import()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var plan = await Plans.TinyAsync(worker, images: 2, bytes: 1 << 30);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store, plan);
        var import = await tenant.WaitForImportAsync(
            await tenant.QueueImportAsync(Zips.OfNames("cat/1.png", "cat/2.png", "dog/3.png")),
            i => i.State == JobState.Failed
        );
        Assert.Equal("plan_limit", import.Error!.Code);
        Assert.Equal(0, await ImagesAsync(tenant));
    }

    /// <summary>Before, archives being uploaded did not count, so that others could take the space of an accepted one.</summary>
    [Theory]
    [InlineData(false, JobState.Succeeded)]
    [InlineData(true, JobState.Failed)]
    public async Task Its_own_archive_does_not_count_beside_its_pictures_but_an_upload_that_was_let_in_does(bool isOther, JobState end)
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var archive = Zips.OfNames("cat/1.png", "cat/2.png", "dog/3.png");
        var tenant = await Tenant.CreateAsync(
            worker.Contexts,
            worker.Store,
            await Plans.TinyAsync(worker, images: 10, bytes: archive.Length)
        );
        if (isOther)
        {
            await tenant.QueueImportAsync(
                null,
                change: i =>
                {
                    i.State = UploadState.Uploading;
                    i.Size = archive.Length - 10;
                    // Tests of the same database let days go by for uploads.
                    i.UploadActiveAt = TimeProvider.System.GetUtcNow().AddDays(30);
                }
            );
        }
        var import = await tenant.WaitForImportAsync(await tenant.QueueImportAsync(archive), i => i.IsFinished);
        Assert.Equal((end, isOther ? "plan_limit" : null), (import.State, import.Error?.Code));
    }

    [Fact]
    public async Task A_child_that_is_killed_is_tried_once_more()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueImportAsync(Zips.OfNames([.. Enumerable.Range(0, 3000).Select(i => $"cat/{i}.png")]));
        await tenant.WaitForImportAsync(id, i => i.Accepted > 0);
        foreach (var child in ProcessTable.WithArgument($"jobs/{id:N}"))
            ChildProcesses.Signals.Send(child, ChildProcesses.Signals.Kill);
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal((2, 3000, 0), (import.Claims, import.Accepted, import.Skipped));
    }

    [Fact]
    public async Task A_child_that_is_killed_twice_fails_the_import_which_keeps_its_upload_and_can_be_tried_again()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueImportAsync(Zips.OfNames([.. Enumerable.Range(0, 1000).Select(i => $"cat/{i}.png")]));
        foreach (var attempt in new[] { 1, 2 })
        {
            await tenant.WaitForImportAsync(id, i => i.Claims == attempt && i.State == JobState.Running);
            await ProcessTable.KillWithArgumentAsync($"jobs/{id:N}");
        }
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Failed);
        Assert.Equal("import_crashed", import.Error!.Code);
        Assert.Equal(0, await ImagesAsync(tenant));
        Assert.NotNull(await worker.Store.SizeAsync(ObjectKeys.Upload(tenant.OrgId, id), Cancel));
        Assert.Equal(import.Job.FinishedAt!.Value + Restartable.KeptFor, import.Job.RetryUntil!.Value, TimeSpan.FromSeconds(10));

        await tenant.RetryJobAsync(id);
        import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal((3, 1000, null), (import.Claims, import.Accepted, import.Error));
        // The row says so first.
        await Eventually.HoldsAsync(() => worker.Store.SizeAsync(ObjectKeys.Upload(tenant.OrgId, id), Cancel), size => size is null);
    }

    [Fact]
    public async Task A_worker_that_dies_twice_costs_no_import()
    {
        await using var dead = TestWorker.Create(_settings);
        var tenant = await Tenant.CreateAsync(dead.Contexts, dead.Store);
        var id = await tenant.QueueImportAsync(Zips.OfNames("cat/1.png", "dog/2.png"));
        await tenant.MakeNextAsync(id);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(id, (await dead.Get<JobClaims>().NextAsync(JobKinds.All, $"dead/{i}", long.MaxValue, Cancel))?.Id);
            var expired = TimeProvider.System.GetUtcNow().AddSeconds(-1);
            await tenant.ChangeJobAsync(id, s => s.SetProperty(j => j.LeaseUntil, expired));
        }
        await using var worker = await TestWorker.StartAsync(_settings);
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal((2, 0, 2), (import.Accepted, import.Job.Deaths, import.Job.Lapses));
    }

    [Fact]
    public async Task A_worker_that_dies_a_hundred_times_fails_the_import_without_blaming_the_archive()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueImportAsync(
            Zips.OfNames("cat/1.png"),
            changeJob: j =>
            {
                j.State = JobState.Running;
                j.LeaseUntil = TimeProvider.System.GetUtcNow().AddSeconds(-1);
                LapseTo99(j);
            }
        );
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Failed);
        Assert.Equal("worker_failed", import.Error!.Code);
        Assert.NotNull(import.Job.RetryUntil);
        Assert.NotNull(await worker.Store.SizeAsync(ObjectKeys.Upload(tenant.OrgId, id), Cancel));
    }

    /// <summary>One expired lease before the last.</summary>
    internal static void LapseTo99(Restartable work)
    {
        for (var i = 1; i < Restartable.MaxLapses; i++)
            work.CountLapse();
    }
}
