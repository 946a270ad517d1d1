using System.Net;
using System.Net.Http.Json;
using System.Text;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class SendingAnArchive(ListeningApplication listening) : IClassFixture<ListeningApplication>
{
    private static readonly byte[] Zip = [.. "PK\u0003\u0004"u8, .. new byte[100_000]];
    private readonly ApiApplication _app = listening.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static Task<HttpResponseMessage> PutAsync(TenantSession session, Guid dataset, string nameAndQuery, HttpContent content) =>
        session.Http.PutAsync(session.At($"datasets/{dataset}/imports/{nameAndQuery}"), content, Cancel);

    private async Task<(int Rows, int Files)> LeftAsync(TenantSession session)
    {
        await using var db = _app.SystemDatabase();
        var org = await session.OrgIdAsync();
        var folder = Path.Combine(_app.ObjectsFolder, "orgs", $"{org:N}");
        return (
            await db.Imports.IgnoreTenantFilter().CountAsync(i => i.OrgId == org, Cancel),
            Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length : 0
        );
    }

    [Fact]
    public async Task The_bytes_are_stored_and_the_import_is_queued()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var response = await PutAsync(session, dataset.Id, "flowers.zip", new ByteArrayContent(Zip));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var import = (await response.Content.ReadFromJsonAsync<ImportResponse>(Cancel))!;
        Assert.Equal(("queued", "flowers.zip", Zip.Length, null), (import.State, import.FileName, import.Size, import.UploadUrl));
        Assert.Equal(session.At($"datasets/{dataset.Id}/imports/{import.Id}"), response.Headers.Location!.ToString());
        Assert.Equal(
            import,
            await session.Client.GetImportAsync(session.Org, dataset.Id, import.Id, 0, Cancel) with
            {
                Classes = import.Classes,
            }
        );
        await using var stored = await _app.Store().OpenReadAsync(ObjectKeys.Upload(await session.OrgIdAsync(), import.Id), Cancel);
        var copy = new MemoryStream();
        await stored.CopyToAsync(copy, Cancel);
        Assert.Equal(Zip, copy.ToArray());
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_accepted_too()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        using var http = ListeningApplication.Streaming(session);
        var import = await new GpuGeekClient(http).UploadAsync(
            session.Org,
            dataset.Id,
            "a b ü.zip",
            new Endless(Zip.Length, broken: false),
            Cancel
        );
        Assert.Equal(("queued", "a b ü.zip", (long)Zip.Length), (import.State, import.FileName, import.Size));
    }

    [Theory]
    [InlineData("x.zip", "GIF89a and so on")]
    [InlineData("x.zip", "")]
    [InlineData("x.tar.gz", "PK pretending")]
    public async Task What_is_no_ZIP_archive_is_refused_and_nothing_stays(string name, string bytes)
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var response = await PutAsync(session, dataset.Id, name, new ByteArrayContent(Encoding.UTF8.GetBytes(bytes)));
        Assert.Equal("unsupported_archive", await response.CodeAsync(HttpStatusCode.UnsupportedMediaType));
        Assert.Equal((0, 0), await LeftAsync(session));
    }

    [Fact]
    public async Task A_table_of_labels_is_taken_too_unless_it_is_too_large_to_be_read()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var response = await PutAsync(session, dataset.Id, "labels.CSV", new ByteArrayContent("1.png,cat"u8.ToArray()));
        Assert.Equal("labels", (await response.Content.ReadFromJsonAsync<ImportResponse>(Cancel))!.Source);
        var refused = await Answers.RefusedAsync(() =>
            session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Name = "labels.csv", Size = (64 << 20) + 1 }, Cancel)
        );
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too_large"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Asked_for_first_it_comes_to_the_same_import()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var asked = await session.Client.CreateImportAsync(
            session.Org,
            dataset.Id,
            new() { Name = "flowers 5.zip", Size = Zip.Length },
            Cancel
        );
        Assert.Equal("uploading", asked.State);
        var sent = await session.Http.PutAsync(asked.UploadUrl, new ByteArrayContent(Zip), Cancel);
        var import = (await sent.Content.ReadFromJsonAsync<ImportResponse>(Cancel))!;
        Assert.Equal((asked.Id, "queued", "flowers 5.zip"), (import.Id, import.State, import.FileName));
        Assert.Single((await session.Client.ListImportsAsync(session.Org, dataset.Id, Cancel)).Items);
        Assert.Equal(
            "import_started",
            await (await session.Http.PutAsync(asked.UploadUrl, new ByteArrayContent(Zip), Cancel)).CodeAsync(HttpStatusCode.Conflict)
        );
    }

    [Fact]
    public async Task A_connection_that_breaks_leaves_nothing()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        using var http = ListeningApplication.Streaming(session);
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            http.PutAsync(
                session.At($"datasets/{dataset.Id}/imports/x.zip"),
                new StreamContent(new Endless(5_000_000, broken: true)),
                Cancel
            )
        );
        await Eventually.HoldsAsync(() => LeftAsync(session), left => left == (0, 0));
        Assert.Empty(Directory.GetFiles(Path.Combine(_app.ObjectsFolder, "tmp")));
    }

    [Fact]
    public async Task Canceled_while_its_bytes_come_it_keeps_none_of_them()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var asked = await session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Name = "x.zip", Size = Zip.Length }, Cancel);
        using var http = ListeningApplication.Streaming(session);
        var body = new Endless(Zip.Length, broken: false)
        {
            BeforeTheEnd = () => session.Client.CancelImportAsync(session.Org, dataset.Id, asked.Id, Cancel),
        };
        Assert.Equal(
            "import_canceled",
            await (await http.PutAsync(asked.UploadUrl, new StreamContent(body), Cancel)).CodeAsync(HttpStatusCode.Conflict)
        );
        Assert.Equal("canceled", (await session.Client.GetImportAsync(session.Org, dataset.Id, asked.Id, 0, Cancel)).State);
        Assert.Equal((1, 0), await LeftAsync(session));
    }

    [Fact]
    public async Task Canceled_before_its_bytes_come_it_takes_none()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var asked = await session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Name = "x.zip", Size = Zip.Length }, Cancel);
        await session.Client.CancelImportAsync(session.Org, dataset.Id, asked.Id, Cancel);
        Assert.Equal(
            "import_canceled",
            await (await session.Http.PutAsync(asked.UploadUrl, new ByteArrayContent(Zip), Cancel)).CodeAsync(HttpStatusCode.Conflict)
        );
        Assert.Equal((1, 0), await LeftAsync(session));
    }

    [Fact]
    public async Task Canceling_twice_is_no_error_and_a_queued_one_is_left_to_its_worker()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var import = await session.Client.UploadAsync(session.Org, dataset.Id, "x.zip", new MemoryStream(Zip), Cancel);
        await session.Client.CancelImportAsync(session.Org, dataset.Id, import.Id, Cancel);
        await session.Client.CancelImportAsync(session.Org, dataset.Id, import.Id, Cancel);
        await using var db = _app.SystemDatabase();
        var job = await db.Jobs.IgnoreTenantFilter().SingleAsync(j => j.Id == import.Id, Cancel);
        Assert.Equal((JobState.Queued, true), (job.State, job.CancelRequested));
    }

    [Theory]
    [InlineData(60L << 30)]
    [InlineData(long.MaxValue)]
    public async Task More_than_the_plan_keeps_is_refused_before_a_byte_is_sent(long size)
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var refused = await Answers.RefusedAsync(() =>
            session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Name = "x.zip", Size = size }, Cancel)
        );
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "plan_limit"), (refused.Status, refused.Code));
        Assert.Contains("50 GiB", refused.Detail, StringComparison.Ordinal);
    }
}
