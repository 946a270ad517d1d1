using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class AnImportInReview(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<(TenantSession Session, Guid Dataset, Guid Import)> ReviewedAsync()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        return (session, dataset.Id, await session.AddReviewedImportAsync(dataset.Id));
    }

    private static async Task<ApiException> RefusedAsync(Func<Task> call) => await Assert.ThrowsAsync<ApiException>(call);

    private async Task<(Import Import, Job? Job)> RowsAsync(Guid import)
    {
        await using var db = _app.SystemDatabase();
        return (
            await db.Imports.IgnoreTenantFilter().AsNoTracking().SingleAsync(i => i.Id == import, Cancel),
            await db.Jobs.IgnoreTenantFilter().AsNoTracking().SingleOrDefaultAsync(j => j.Id == import, Cancel)
        );
    }

    [Fact]
    public async Task Says_what_it_found_and_starts_as_it_was_decided()
    {
        var (session, dataset, id) = await ReviewedAsync();
        var import = await session.Client.GetImportAsync(session.Org, dataset, id, ct: Cancel);
        Assert.Equal(("review", null), (import.State, import.RetryUntil));
        Assert.NotNull(import.ReviewUntil);
        Assert.Equal(new("Daisies", 2, "daisy"), Assert.Single(import.Findings!.NewClasses));
        var started = await session.Client.StartImportAsync(
            session.Org,
            dataset,
            id,
            new()
            {
                OnExisting = "replace",
                Unlabelled = true,
                Classes = new Dictionary<string, string> { ["Daisies"] = " daisy " },
            },
            Cancel
        );
        Assert.Equal(("queued", null), (started.State, started.Findings));
        var (row, job) = await RowsAsync(id);
        Assert.Equal((OnExisting.Replace, true, true), (row.OnExisting, row.Unlabelled, row.IsDecided));
        Assert.Equal("daisy", row.Classes["Daisies"]);
        Assert.Equal((JobState.Queued, null), (job!.State, job.RetryUntil));
    }

    [Fact]
    public async Task Is_started_once_by_forty_who_decide_at_once()
    {
        var (session, dataset, id) = await ReviewedAsync();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(async _ =>
                {
                    try
                    {
                        await session.Client.StartImportAsync(session.Org, dataset, id, new(), Cancel);
                        return "started";
                    }
                    catch (ApiException e)
                    {
                        return e.Problem.Code;
                    }
                })
        );
        Assert.Single(answers, "started");
        Assert.Equal(39, answers.Count(code => code == "import_not_in_review"));
    }

    [Fact]
    public async Task Is_refused_a_name_that_no_class_can_have_and_waits_on()
    {
        var (session, dataset, id) = await ReviewedAsync();
        foreach (var name in (string?[])["", " ", new('x', 201), "a\tb", null])
        {
            var refused = await RefusedAsync(() =>
                session.Client.StartImportAsync(
                    session.Org,
                    dataset,
                    id,
                    new() { Classes = new Dictionary<string, string> { ["Daisies"] = name! } },
                    Cancel
                )
            );
            Assert.Equal("bad_class_name", refused.Problem.Code);
        }
        Assert.Equal("review", (await session.Client.GetImportAsync(session.Org, dataset, id, ct: Cancel)).State);
    }

    [Fact]
    public async Task Is_gone_with_its_upload_when_it_is_cancelled()
    {
        var (session, dataset, id) = await ReviewedAsync();
        await session.Client.CancelImportAsync(session.Org, dataset, id, Cancel);
        Assert.Equal("canceled", (await session.Client.GetImportAsync(session.Org, dataset, id, ct: Cancel)).State);
        Assert.Null(await _app.Store().SizeAsync(ObjectKeys.Upload(await session.OrgIdAsync(), id), Cancel));
        var refused = await RefusedAsync(() => session.Client.StartImportAsync(session.Org, dataset, id, new(), Cancel));
        Assert.Equal("import_not_in_review", refused.Problem.Code);
    }

    [Fact]
    public async Task Is_no_import_that_can_be_retried_as_a_job()
    {
        var (session, dataset, id) = await ReviewedAsync();
        Assert.Null((await session.Client.GetJobAsync(session.Org, id, ct: Cancel)).RetryUntil);
        var refused = await RefusedAsync(() => session.Client.RetryImportAsync(session.Org, dataset, id, Cancel));
        Assert.Equal("import_not_retryable", refused.Problem.Code);
    }

    [Fact]
    public async Task Is_asked_for_with_the_upload()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var import = await session.Client.CreateImportAsync(
            session.Org,
            dataset.Id,
            new()
            {
                Name = "a.zip",
                Size = 10,
                Review = "conflicts",
                OnExisting = "skip",
                Unlabelled = true,
            },
            Cancel
        );
        var (row, _) = await RowsAsync(import.Id);
        Assert.Equal((ImportReview.Conflicts, OnExisting.Skip, true), (row.Review, row.OnExisting, row.Unlabelled));
        var refused = await RefusedAsync(() =>
            session.Client.CreateImportAsync(
                session.Org,
                dataset.Id,
                new()
                {
                    Name = "a.zip",
                    Size = 10,
                    Review = "sometimes",
                },
                Cancel
            )
        );
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
    }
}

public sealed class ATableBesideAnArchive(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static MemoryStream Table(string text = "filename,label\n1.png,cat\n") => new(System.Text.Encoding.UTF8.GetBytes(text));

    private async Task<List<string>> StoredAsync(TenantSession session, Guid import) =>
        await _app.Store().ListAsync(ObjectKeys.Upload(await session.OrgIdAsync(), import), Cancel).ToListAsync(Cancel);

    private static Task<ImportResponse> AskAsync(TenantSession session, Guid dataset, string name = "a.zip") =>
        session.Client.CreateImportAsync(session.Org, dataset, new() { Name = name, Size = 10 }, Cancel);

    [Fact]
    public async Task Is_kept_until_the_archive_comes_and_the_last_one_counts()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var import = await AskAsync(session, dataset.Id);
        await session.Client.UploadLabelsAsync(session.Org, dataset.Id, import.Id, "first.csv", Table(), Cancel);
        var sent = await session.Client.UploadLabelsAsync(session.Org, dataset.Id, import.Id, "labels.csv", Table(), Cancel);
        Assert.Equal(("labels.csv", "uploading"), (sent.Labels, sent.State));
        Assert.Single(await StoredAsync(session, import.Id));
    }

    [Fact]
    public async Task Of_forty_that_are_sent_at_once_leaves_one()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var import = await AskAsync(session, dataset.Id);
        await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(async i =>
                {
                    try
                    {
                        await session.Client.UploadLabelsAsync(session.Org, dataset.Id, import.Id, $"{i}.csv", Table(), Cancel);
                    }
                    catch (ApiException e)
                    {
                        Assert.Equal("upload_under_way", e.Problem.Code);
                    }
                })
        );
        Assert.Single(await StoredAsync(session, import.Id));
        Assert.NotNull((await session.Client.GetImportAsync(session.Org, dataset.Id, import.Id, ct: Cancel)).Labels);
    }

    [Theory]
    [InlineData("a.zip", "labels.png", "not_a_table")]
    [InlineData("a.csv", "labels.csv", "not_an_archive")]
    public async Task Is_refused_where_it_is_none_or_belongs_to_nothing(string archive, string name, string code)
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var import = await AskAsync(session, dataset.Id, archive);
        var refused = await Assert.ThrowsAsync<ApiException>(() =>
            session.Client.UploadLabelsAsync(session.Org, dataset.Id, import.Id, name, Table(), Cancel)
        );
        Assert.Equal(code, refused.Problem.Code);
        Assert.Empty(await StoredAsync(session, import.Id));
    }

    [Fact]
    public async Task That_is_too_large_leaves_nothing()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var import = await AskAsync(session, dataset.Id);
        await using var large = new MemoryStream(new byte[(64 << 20) + 1]);
        var refused = await Assert.ThrowsAsync<ApiException>(() =>
            session.Client.UploadLabelsAsync(session.Org, dataset.Id, import.Id, "labels.csv", large, Cancel)
        );
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too_large"), (refused.Status, refused.Problem.Code));
        Assert.Empty(await StoredAsync(session, import.Id));
    }

    [Fact]
    public async Task Is_not_taken_after_the_import_has_ended()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var import = await AskAsync(session, dataset.Id);
        await session.Client.CancelImportAsync(session.Org, dataset.Id, import.Id, Cancel);
        var late = await Assert.ThrowsAsync<ApiException>(() =>
            session.Client.UploadLabelsAsync(session.Org, dataset.Id, import.Id, "labels.csv", Table(), Cancel)
        );
        Assert.Equal((HttpStatusCode.Conflict, "import_canceled"), (late.Status, late.Problem.Code));
        Assert.Empty(await StoredAsync(session, import.Id));
    }
}
