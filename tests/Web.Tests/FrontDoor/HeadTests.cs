using System.Net;
using Microsoft.AspNetCore.Http;

namespace GpuGeek.Web.Tests.FrontDoor;

/// <summary>Requests like those of curl -I. Before, pages returned 404.</summary>
public sealed class HeadAnswersAsGetWould(Site site) : IClassFixture<Site>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/forgot-password")]
    [InlineData("/")]
    [InlineData("/acme/flowers/runs")]
    [InlineData("/no-such-page-of-ours/at/all/here/or/there")]
    [InlineData("/healthz")]
    [InlineData("/app.css")]
    [InlineData("/readyz")]
    [InlineData("/api/v1/plans")]
    public async Task With_the_same_status_and_headers_and_no_body(string path)
    {
        site.Upstream.Answer = async context =>
        {
            Assert.True(HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsGet(context.Request.Method));
            context.Response.ContentLength = 2;
            await context.Response.WriteAsync("{}", Cancel);
        };
        using var client = site.Client();
        using var get = await client.GetAsync(path, Cancel);
        using var head = await client.SendAsync(new(HttpMethod.Head, path), Cancel);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(Headers(get), Headers(head));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task And_reaches_the_api_as_HEAD_without_a_pages_token()
    {
        var method = "";
        site.Upstream.Answer = context =>
        {
            method = context.Request.Method;
            return Task.CompletedTask;
        };
        using var client = site.Client();
        using var head = await client.SendAsync(site.FromBrowser(HttpMethod.Head, "/api/v1/orgs/acme/keys"), Cancel);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal("HEAD", method);
    }

    [Fact]
    public async Task But_opens_no_circuit()
    {
        using var client = site.Client();
        using var head = await client.SendAsync(new(HttpMethod.Head, "/_blazor"), Cancel);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, head.StatusCode);
    }

    /// <summary>Without headers about the time or about how a body is sent; the server leaves out the length if it is that of an empty
    /// body.</summary>
    private static IEnumerable<string> Headers(HttpResponseMessage response) =>
        response
            .Headers.Concat(response.Content.Headers)
            .Select(h => h.Key)
            .Where(name => name is not ("Date" or "Transfer-Encoding" or "Content-Length" or "Set-Cookie"))
            .Order();
}
