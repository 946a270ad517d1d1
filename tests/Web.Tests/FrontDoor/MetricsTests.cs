using System.Net;

namespace GpuGeek.Web.Tests.FrontDoor;

/// <summary>Labels name routes and, in other hosts, tenants: people must not reach them.</summary>
public sealed class MetricsOfTheSite : IAsyncLifetime
{
    private readonly Site _site = new() { Metrics = new() };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _site.InitializeAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Are_shown_at_their_own_address()
    {
        using var client = _site.Client();
        await client.GetAsync("/healthz", Cancel);
        Assert.Contains(
            await _site.Metrics!.LinesAsync(Cancel),
            line => line.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/api/../metrics")]
    [InlineData("/METRICS")]
    public async Task Are_not_behind_the_front_door(string path)
    {
        using var client = _site.Client();
        using var response = await client.GetAsync(path, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.DoesNotContain("http_server_request", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }
}
