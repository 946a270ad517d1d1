using System.Net;
using Microsoft.AspNetCore.Http;

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
        // The last chunk is sent only after the first has arrived: a front door that keeps the body would wait for ever.
        request.Content = new ChunkedContent(4, chunk => chunk == 3 ? arrived.Task.WaitAsync(TimeSpan.FromSeconds(30)) : Task.CompletedTask);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        site.Upstream.Answer = echo;
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    private sealed class ChunkedContent(int chunks, Func<int, Task> before) : HttpContent
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
            return true;
        }
    }
}
