using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class FollowingAnImport(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<(TenantSession Session, DatasetResponse Dataset, ImportResponse Import)> SampleAsync()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        return (session, dataset, await session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Sample = "shapes" }, Cancel));
    }

    private async Task SkipAsync(TenantSession session, Guid import, params string[] paths)
    {
        var org = await session.OrgIdAsync();
        await using var db = _app.SystemDatabase();
        var first = Planted.Now;
        foreach (var (place, path) in paths.Index())
        {
            db.SkippedFiles.Add(
                new()
                {
                    OrgId = org,
                    // Ids of one millisecond have no order; files are listed in the order they came.
                    Id = Guid.CreateVersion7(first.AddMilliseconds(place)),
                    ImportId = import,
                    Path = path,
                    Code = "image_damaged",
                    Reason = "It ends in the middle, \"cut\".",
                    Hint = "Save it again.",
                }
            );
        }
        await db.SaveChangesAsync(Cancel);
    }

    [Fact]
    public async Task The_built_in_sample_is_queued_at_once()
    {
        var (session, dataset, import) = await SampleAsync();
        Assert.Equal(("queued", "shapes"), (import.State, import.FileName));
        Assert.Equal(import.Id, Assert.Single((await session.Client.ListImportsAsync(session.Org, dataset.Id, Cancel)).Items).Id);
    }

    [Fact]
    public async Task Another_sample_is_not_known()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var refused = await Answers.RefusedAsync(() =>
            session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Sample = "cats" }, Cancel)
        );
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "unknown_sample"), (refused.Status, refused.Code));
        refused = await Answers.RefusedAsync(() => session.Client.CreateImportAsync(session.Org, dataset.Id, new(), Cancel));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "import_source_missing"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Waiting_ends_when_the_import_ends_and_tells_what_came()
    {
        var (session, dataset, import) = await SampleAsync();
        await session.AddImagesAsync(dataset.Id, "rose", 2);
        var waiting = session.Client.GetImportAsync(session.Org, dataset.Id, import.Id, 60, Cancel);
        await using (var db = _app.SystemDatabase())
        {
            await db
                .DatasetImages.IgnoreTenantFilter()
                .Where(i => i.DatasetId == dataset.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.ImportId, import.Id), Cancel);
            await db
                .Imports.IgnoreTenantFilter()
                .Where(i => i.Id == import.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.Accepted, 2), Cancel);
            await db
                .Jobs.IgnoreTenantFilter()
                .Where(j => j.Id == import.Id)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(j => j.State, JobState.Succeeded).SetProperty(j => j.FinishedAt, Planted.Now),
                    Cancel
                );
        }
        await _app.Services.GetRequiredService<ILiveNotifier>().ImportChangedAsync(await session.OrgIdAsync(), dataset.Id);
        var ended = await waiting;
        Assert.Equal(("succeeded", 2), (ended.State, ended.Accepted));
        Assert.Equal([new("rose", 2)], ended.Classes);
    }

    [Fact]
    public async Task Waiting_longer_than_a_minute_is_refused()
    {
        var (session, dataset, import) = await SampleAsync();
        Assert.Equal(
            "invalid_wait",
            (await Answers.RefusedAsync(() => session.Client.GetImportAsync(session.Org, dataset.Id, import.Id, 61, Cancel))).Code
        );
    }

    [Fact]
    public async Task Skipped_files_come_in_pages()
    {
        var (session, dataset, import) = await SampleAsync();
        await SkipAsync(session, import.Id, "a.jpg", "b.jpg", "c.jpg");
        var seen = new List<SkippedFileResponse>();
        string? after = null;
        do
        {
            var page = await session.Http.GetAsync(
                session.At($"datasets/{dataset.Id}/imports/{import.Id}/skipped?limit=2{(after is null ? "" : $"&after={after}")}"),
                Cancel
            );
            var body = System.Text.Json.Nodes.JsonNode.Parse(await page.Content.ReadAsStringAsync(Cancel))!;
            seen.AddRange(
                body["items"]!
                    .AsArray()
                    .Select(i => new SkippedFileResponse((string)i!["path"]!, (string)i["code"]!, (string)i["reason"]!, (string?)i["hint"]))
            );
            after = (string?)body["next"];
        } while (after is not null);
        Assert.Equal(["a.jpg", "b.jpg", "c.jpg"], seen.Select(s => s.Path));
        Assert.Equal(("image_damaged", "Save it again."), (seen[0].Code, seen[0].Hint));
    }

    [Fact]
    public async Task As_CSV_no_path_becomes_a_formula()
    {
        var (session, dataset, import) = await SampleAsync();
        await SkipAsync(session, import.Id, "=HYPERLINK(\"x\")", "+1.jpg", "-1.jpg", "@sum.jpg", "plain, with comma.jpg");
        using var request = new HttpRequestMessage(HttpMethod.Get, session.At($"datasets/{dataset.Id}/imports/{import.Id}/skipped"))
        {
            Headers = { Accept = { new("text/csv") } },
        };
        var response = await session.Http.SendAsync(request, Cancel);
        Assert.Equal(
            ("text/csv", "attachment"),
            (response.Content.Headers.ContentType!.MediaType, response.Content.Headers.ContentDisposition!.DispositionType)
        );
        var lines = (await response.Content.ReadAsStringAsync(Cancel)).Split("\r\n");
        const string rest = ",image_damaged,\"It ends in the middle, \"\"cut\"\".\",Save it again.";
        Assert.Equal(
            [
                "path,code,reason,hint",
                "\"'=HYPERLINK(\"\"x\"\")\"" + rest,
                "'+1.jpg" + rest,
                "'-1.jpg" + rest,
                "'@sum.jpg" + rest,
                "\"plain, with comma.jpg\"" + rest,
                "",
            ],
            lines
        );
    }
}
