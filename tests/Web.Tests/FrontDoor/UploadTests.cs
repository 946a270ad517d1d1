using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GpuGeek.Web.Tests.FrontDoor;

public sealed class ALargeUpload(Site site) : IClassFixture<Site>
{
    private const int Chunk = 1 << 20;

    [Fact]
    public async Task Passes_whole_beyond_the_servers_usual_limit()
    {
        const int megabytes = 64;
        using var client = site.Client();
        var request = site.FromBrowser(HttpMethod.Put, "/api/v1/orgs/acme/datasets/x/imports/a.zip", site.CsrfFor(Site.Session));
        request.Content = new ChunkedContent(megabytes, _ => Task.CompletedTask);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((long)megabytes * Chunk, (await Seen.OfAsync(response)).Bytes);
    }

    [Fact]
    public async Task Reaches_the_api_while_it_is_still_being_sent()
    {
        var arrived = new TaskCompletionSource();
        var echo = site.Upstream.Answer;
        site.Upstream.Answer = async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[Chunk]);
            arrived.SetResult();
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        };
        using var client = site.Client();
        var request = site.FromBrowser(HttpMethod.Put, "/api/v1/orgs/acme/datasets/x/imports/a.zip", site.CsrfFor(Site.Session));
        // The last chunk is sent only after the first has arrived: a front door that buffers the body would wait for ever.
        request.Content = new ChunkedContent(
            4,
            chunk => chunk == 3 ? arrived.Task.WaitAsync(TimeSpan.FromSeconds(30)) : Task.CompletedTask
        );
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        site.Upstream.Answer = echo;
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    /// <summary>Before: 503 api_unreachable, as if the server were down. The body is larger than the socket buffers in between.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Beyond_the_limit_of_its_address_is_told_so(bool announced)
    {
        var echo = site.Upstream.Answer;
        site.Upstream.Answer = async context =>
        {
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = 2 * Chunk;
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
            }
            catch (BadHttpRequestException refused)
            {
                context.Response.StatusCode = refused.StatusCode;
            }
        };
        using var client = site.Client();
        var request = site.FromBrowser(HttpMethod.Post, "/api/v1/orgs/acme/projects", site.CsrfFor(Site.Session));
        request.Content = new ChunkedContent(32, _ => Task.CompletedTask, announced);
        request.Headers.ExpectContinue = true;
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        site.Upstream.Answer = echo;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    /// <summary>Before: 413 too_large, whatever Api had returned: its response was lost with the connection.</summary>
    [Fact]
    public async Task That_is_refused_in_its_middle_gets_the_answer_that_its_length_would_have_got()
    {
        var echo = site.Upstream.Answer;
        var announced = new List<long>();
        var cancel = TestContext.Current.CancellationToken;
        site.Upstream.Answer = async context =>
        {
            // Whether Api is alive is checked too.
            if (HttpMethods.IsGet(context.Request.Method))
                return;
            if (context.Request.ContentLength is { } length)
            {
                announced.Add(length);
                context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                var who = context.Request.Headers.Authorization.ToString();
                await context.Response.WriteAsJsonAsync(new { code = "plan_limit", who }, cancel);
                return;
            }
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = 2 * Chunk;
            await Assert.ThrowsAsync<BadHttpRequestException>(() => context.Request.Body.CopyToAsync(Stream.Null, cancel));
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        };
        using var client = site.Client();
        var request = site.FromBrowser(HttpMethod.Put, "/api/v1/orgs/acme/datasets/x/imports/a.zip", site.CsrfFor(Site.Session));
        request.Content = new ChunkedContent(32, _ => Task.CompletedTask, announced: false);
        request.Headers.ExpectContinue = true;
        using var response = await client.SendAsync(request, cancel);
        site.Upstream.Answer = echo;
        var body = await response.Content.ReadAsStringAsync(cancel);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("plan_limit", body, StringComparison.Ordinal);
        Assert.Contains(Site.Session, body, StringComparison.Ordinal);
        Assert.InRange(Assert.Single(announced), 2 * Chunk, 32 * Chunk);
    }

    private sealed class ChunkedContent(int chunks, Func<int, Task> before, bool announced = true) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var bytes = new byte[Chunk];
            for (var i = 0; i < chunks; i++)
            {
                await before(i);
                await stream.WriteAsync(bytes);
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = (long)chunks * Chunk;
            return announced;
        }
    }
}
