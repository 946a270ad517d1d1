using System.Net;
using System.Net.WebSockets;

namespace GpuGeek.Web.Tests.FrontDoor;

public sealed class ALiveConnection(Site site) : IClassFixture<Site>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<HttpStatusCode> NegotiateAsync(string? origin, string path = "/hubs/live/negotiate")
    {
        using var client = site.Client();
        var request = site.FromBrowser(HttpMethod.Post, path);
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var response = await client.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    public async Task From_another_site_is_refused(string origin)
    {
        Assert.Equal(HttpStatusCode.Forbidden, await NegotiateAsync(origin));
        Assert.Equal(HttpStatusCode.Forbidden, await NegotiateAsync(origin, "/_blazor/negotiate"));
    }

    /// <summary>DNS rebinding: another name points here, so Host and Origin agree. Before, the socket was opened.</summary>
    [Fact]
    public async Task By_a_strangers_name_is_refused()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Host", "evil.test");
        socket.Options.SetRequestHeader("Origin", "http://evil.test");
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() =>
            socket.ConnectAsync(new Uri(site.Url.Replace("http", "ws", StringComparison.Ordinal) + "/hubs/live"), Cancel)
        );
        Assert.Equal(HttpStatusCode.BadRequest, socket.HttpStatusCode);
    }

    [Theory]
    [InlineData("evil.test", "/sign-in", HttpStatusCode.BadRequest)]
    [InlineData("evil.test:8080", "/api/v1/plans", HttpStatusCode.BadRequest)]
    [InlineData("127.0.0.1.evil.test", "/sign-in", HttpStatusCode.BadRequest)]
    [InlineData("LOCALHOST:1", "/api/v1/plans", HttpStatusCode.OK)]
    [InlineData("[::1]:8080", "/api/v1/plans", HttpStatusCode.OK)]
    [InlineData("192.168.1.7", "/api/v1/plans", HttpStatusCode.OK)]
    [InlineData("gpu.example", "/api/v1/plans", HttpStatusCode.OK)]
    [InlineData("web", "/healthz", HttpStatusCode.OK)]
    [InlineData("web", "/readyz", HttpStatusCode.OK)]
    public async Task Or_a_request_needs_a_name_of_this_installation(string host, string path, HttpStatusCode status)
    {
        using var client = site.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
        using var response = await client.SendAsync(request, Cancel);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task From_a_page_of_this_site_is_taken() => Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(site.Url));

    [Fact]
    public async Task A_browsers_socket_that_names_no_origin_is_refused()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", $"{site.CookieName}={Site.Session}");
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() =>
            socket.ConnectAsync(new Uri(site.Url.Replace("http", "ws", StringComparison.Ordinal) + "/hubs/live"), Cancel)
        );
        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_socket_of_this_site_speaks_with_the_api()
    {
        var echo = site.Upstream.Answer;
        site.Upstream.Answer = async context =>
        {
            using var theirs = await context.WebSockets.AcceptWebSocketAsync();
            var bytes = System.Text.Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString());
            await theirs.SendAsync(bytes, WebSocketMessageType.Text, true, Cancel);
            await theirs.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
        };
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", $"{site.CookieName}={Site.Session}");
        socket.Options.SetRequestHeader("Origin", site.Url);
        await socket.ConnectAsync(new Uri(site.Url.Replace("http", "ws", StringComparison.Ordinal) + "/hubs/live"), Cancel);
        var buffer = new byte[200];
        var message = await socket.ReceiveAsync(buffer, Cancel);
        site.Upstream.Answer = echo;
        Assert.Equal("Bearer " + Site.Session, System.Text.Encoding.UTF8.GetString(buffer, 0, message.Count));
    }
}

public sealed class BehindAnAddressOfItsOwn : IAsyncLifetime
{
    private readonly Site _site = new() { Https = true };

    public ValueTask InitializeAsync() => _site.InitializeAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData("https://gpugeek.example", HttpStatusCode.OK)]
    [InlineData("http://gpugeek.example", HttpStatusCode.Forbidden)]
    [InlineData("https://gpugeek.example.evil.example", HttpStatusCode.Forbidden)]
    public async Task Only_the_public_origin_is_ours(string origin, HttpStatusCode expected)
    {
        using var client = _site.Client();
        var request = _site.FromBrowser(HttpMethod.Post, "/hubs/live/negotiate");
        request.Headers.Add("Origin", origin);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
    }
}
