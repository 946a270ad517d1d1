using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class LookingAtPictures(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static async Task<Page<ImageResponse>> ListAsync(TenantSession session, Guid dataset, string query) =>
        (await session.Http.GetFromJsonAsync<Page<ImageResponse>>(session.At($"datasets/{dataset}/images?{query}"), Cancel))!;

    private async Task<(TenantSession Session, DatasetResponse Dataset, DatasetImage Image)> StoredAsync()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var image = Assert.Single(await session.AddImagesAsync(dataset.Id, "rose", 1));
        await _app.Store().PutAsync(ObjectKeys.Content(image.OrgId, image.Hash), new MemoryStream(Planted.Bytes(image.FileName)), Cancel);
        await _app.Store().PutAsync(ObjectKeys.Thumbnail(image.OrgId, image.Hash), new MemoryStream([1, 2, 3]), Cancel);
        return (session, dataset, image);
    }

    [Fact]
    public async Task The_filters_are_class_split_and_part_of_the_name()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        await session.AddImagesAsync(dataset.Id, "rose", 3);
        await session.AddImagesAsync(dataset.Id, "rose", 2, "test");
        await session.AddImagesAsync(dataset.Id, "50%_off", 1);
        foreach (
            var (query, count) in new[]
            {
                ("", 6),
                ("class=rose", 5),
                ("class=tulip", 0),
                ("split=test", 2),
                ("split=none", 4),
                ("class=rose&split=none", 3),
                ("q=ROSE-00", 3),
                ("q=%25", 1),
                ("q=%25_", 1),
                ("q=_", 1),
                ("q=\\", 0),
            }
        )
            Assert.Equal((query, count), (query, (await ListAsync(session, dataset.Id, query)).Items.Count));
    }

    [Fact]
    public async Task Walking_the_pages_meets_each_picture_once()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var ids = (await session.AddImagesAsync(dataset.Id, "rose", 23)).Select(i => i.Id).ToHashSet();
        var seen = new List<Guid>();
        string? after = null;
        do
        {
            var page = await session.Client.ListImagesAsync(session.Org, dataset.Id, "rose", after, 5, Cancel);
            Assert.InRange(page.Items.Count, 1, 5);
            seen.AddRange(page.Items.Select(i => i.Id));
            after = page.Next;
        } while (after is not null);
        Assert.Equal((23, true), (seen.Count, ids.SetEquals(seen)));
    }

    [Theory]
    [InlineData("limit=0", "invalid_limit")]
    [InlineData("limit=201", "invalid_limit")]
    [InlineData("after=garbage", "invalid_cursor")]
    [InlineData("after=%00", "invalid_cursor")]
    [InlineData("q=%00", "invalid_text")]
    public async Task What_cannot_be_listed_is_refused(string query, string code)
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        Assert.Equal(
            code,
            await (await session.Http.GetAsync(session.At($"datasets/{dataset.Id}/images?{query}"), Cancel)).CodeAsync(
                HttpStatusCode.UnprocessableEntity
            )
        );
    }

    [Fact]
    public async Task One_picture_tells_its_facts_and_where_its_bytes_are()
    {
        var (session, dataset, image) = await StoredAsync();
        var response = await session.Client.GetImageAsync(session.Org, dataset.Id, image.Id, Cancel);
        Assert.Equal(
            ("rose", null, image.FileName, 40, 30, image.Hash),
            (response.Class, response.Split, response.FileName, response.Width, response.Height, response.Hash)
        );
        Assert.Equal(Planted.Bytes(image.FileName), await session.Http.GetByteArrayAsync(response.Content, Cancel));
        Assert.Equal([1, 2, 3], await session.Http.GetByteArrayAsync(response.Thumbnail, Cancel));
    }

    [Theory]
    [InlineData("content")]
    [InlineData("thumbnail")]
    public async Task Its_bytes_run_nothing_and_are_sent_once(string what)
    {
        var (session, dataset, image) = await StoredAsync();
        var address = session.At($"datasets/{dataset.Id}/images/{image.Id}/{what}");
        var first = await session.Http.GetAsync(address, Cancel);
        Assert.Equal($"\"{image.Hash}\"", first.Headers.ETag!.Tag);
        Assert.Equal("image/jpeg", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["nosniff"], first.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["default-src 'none'; sandbox"], first.Headers.GetValues("Content-Security-Policy"));
        // Before, browsers cached it for a year without revalidation, even after the person had been removed.
        Assert.Equal("no-cache, private", first.Headers.CacheControl!.ToString());
        using var again = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { first.Headers.ETag } } };
        Assert.Equal(HttpStatusCode.NotModified, (await session.Http.SendAsync(again, Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_browser_that_kept_it_is_refused_once_its_person_is_removed()
    {
        var (session, dataset, image) = await StoredAsync();
        var person = await _app.JoinAsync(session, GpuGeek.Domain.Tenants.Role.Viewer);
        foreach (var status in (HttpStatusCode[])[HttpStatusCode.NotModified, HttpStatusCode.NotFound])
        {
            using var ask = new HttpRequestMessage(HttpMethod.Get, session.At($"datasets/{dataset.Id}/images/{image.Id}/thumbnail"))
            {
                Headers = { IfNoneMatch = { new($"\"{image.Hash}\"") } },
            };
            Assert.Equal(status, (await person.Http.SendAsync(ask, Cancel)).StatusCode);
            await using var db = _app.SystemDatabase();
            db.Members.RemoveRange(
                db.Members.Where(m =>
                    m.Role == GpuGeek.Domain.Tenants.Role.Viewer && db.Users.Any(u => u.Id == m.UserId && u.Email == person.Email)
                )
            );
            await db.SaveChangesAsync(Cancel);
        }
    }

    [Fact]
    public async Task A_part_of_its_bytes_can_be_had()
    {
        var (session, dataset, image) = await StoredAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, session.At($"datasets/{dataset.Id}/images/{image.Id}/content"))
        {
            Headers = { Range = new RangeHeaderValue(2, 5) },
        };
        var part = await session.Http.SendAsync(request, Cancel);
        Assert.Equal(
            (HttpStatusCode.PartialContent, 2, 5),
            (part.StatusCode, part.Content.Headers.ContentRange!.From, part.Content.Headers.ContentRange.To)
        );
        Assert.Equal(Planted.Bytes(image.FileName)[2..6], await part.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Another_organisations_picture_is_not_found()
    {
        var (_, dataset, image) = await StoredAsync();
        var me = await _app.RegisterAsync();
        foreach (var what in (string[])["", "/content", "/thumbnail"])
            Assert.Equal(
                "not_found",
                await (await me.Http.GetAsync(me.At($"datasets/{dataset.Id}/images/{image.Id}{what}"), Cancel)).CodeAsync(
                    HttpStatusCode.NotFound
                )
            );
    }

    [Fact]
    public async Task Taken_out_it_is_gone_and_taking_it_out_again_is_no_error()
    {
        var (session, dataset, image) = await StoredAsync();
        for (var i = 0; i < 2; i++)
            Assert.Equal(
                HttpStatusCode.NoContent,
                (await session.Http.DeleteAsync(session.At($"datasets/{dataset.Id}/images/{image.Id}"), Cancel)).StatusCode
            );
        Assert.Empty((await ListAsync(session, dataset.Id, "")).Items);
    }
}
