using System.Net;
using System.Text.RegularExpressions;

namespace GpuGeek.Web.Tests.FrontDoor;

/// <summary>Before, every load revalidated ten files that cannot change, since all of them were sent with no-cache.</summary>
public sealed partial class StaticFilesOfThePages(Site site) : IClassFixture<Site>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<HttpResponseMessage> GetAsync(string path, string? encoding = null, string? etag = null)
    {
        using var client = site.Client();
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (encoding is not null)
            request.Headers.Add("Accept-Encoding", encoding);
        if (etag is not null)
            request.Headers.Add("If-None-Match", etag);
        return await client.SendAsync(request, Cancel);
    }

    private async Task<string[]> LinkedAsync() =>
        [.. Links().Matches(await (await GetAsync("/sign-in")).Content.ReadAsStringAsync(Cancel)).Select(m => m.Groups[1].Value)];

    [Fact]
    public async Task Are_linked_by_fingerprint_kept_for_a_year_and_sent_as_brotli()
    {
        var links = await LinkedAsync();
        Assert.True(links.Length >= 6, string.Join(' ', links));
        foreach (var link in links)
        {
            using var response = await GetAsync("/" + link, "gzip, br");
            Assert.Equal((link, "public, max-age=31536000, immutable"), (link, response.Headers.GetValues("Cache-Control").Single()));
            Assert.Equal((link, "br"), (link, response.Content.Headers.ContentEncoding.SingleOrDefault()));
        }
    }

    [Fact]
    public async Task Are_small_together()
    {
        var bytes = 0;
        foreach (var link in await LinkedAsync())
            bytes += (await (await GetAsync("/" + link, "br")).Content.ReadAsByteArrayAsync(Cancel)).Length;
        Assert.InRange(bytes, 10_000, 100_000);
    }

    [Theory]
    [InlineData("/js/gg.js")]
    [InlineData("/app.css")]
    public async Task Without_a_fingerprint_are_asked_for_by_their_etag(string path)
    {
        using var first = await GetAsync(path);
        Assert.Equal("no-cache", first.Headers.GetValues("Cache-Control").Single());
        using var again = await GetAsync(path, etag: first.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task Are_gzip_for_clients_without_brotli()
    {
        using var response = await GetAsync("/app.css", "gzip");
        Assert.Equal("gzip", response.Content.Headers.ContentEncoding.SingleOrDefault());
    }

    [GeneratedRegex("(?:src|href)=\"/?([^\"]+\\.[a-z0-9]{10}\\.(?:js|css|svg))\"")]
    private static partial Regex Links();
}
