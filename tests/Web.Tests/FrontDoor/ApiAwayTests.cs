using System.Net;
using System.Text.Json;

namespace GpuGeek.Web.Tests.FrontDoor;

public sealed class TheApiIsAway : IAsyncLifetime
{
    private readonly Site _site = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _site.InitializeAsync();
        await _site.Upstream.DisposeAsync();
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Programs_are_told_in_the_apis_own_form()
    {
        using var client = _site.Client();
        using var response = await client.GetAsync("/api/v1/plans", Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(
            "api_unreachable",
            JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("code").GetString()
        );
    }

    [Fact]
    public async Task People_see_a_calm_page()
    {
        using var client = _site.Client();
        using var response = await client.GetAsync("/sign-in", Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("The server is not answering.", await response.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task The_process_itself_is_alive()
    {
        using var client = _site.Client();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz", Cancel)).StatusCode);
    }
}
