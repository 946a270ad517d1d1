using GpuGeek.AppHost.Hosting;

namespace GpuGeek.Deploy.Tests.Machine;

public sealed class WhereTheHostsShowTheirMetrics
{
    private static string? Of(string host, string setting) =>
        HostEnvironment.For(host, new() { ["GPUGEEK_METRICS"] = setting }).GetValueOrDefault("GPUGEEK_METRICS");

    [Fact]
    public void Is_a_port_of_its_own_for_each() =>
        Assert.Equal(
            ["127.0.0.1:9464", "127.0.0.1:9465", "127.0.0.1:9466", "127.0.0.1:9467"],
            ((string[])["Api", "Web", "Predictor", "Worker"]).Select(host => Of(host, "127.0.0.1:9464"))
        );

    /// <summary>Each host refuses it with a sentence.</summary>
    [Theory]
    [InlineData("9464")]
    [InlineData("[::1]")]
    public void Is_left_to_the_hosts_if_it_is_no_address(string setting) => Assert.Equal(setting, Of("Web", setting));

    [Fact]
    public void Is_nowhere_by_default() => Assert.Null(HostEnvironment.For("Api", []).GetValueOrDefault("GPUGEEK_METRICS"));
}
