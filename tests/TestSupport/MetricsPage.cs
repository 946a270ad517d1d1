using System.Globalization;

namespace GpuGeek.TestSupport;

/// <summary>The inner address at which a host shows its metrics.</summary>
public sealed class MetricsPage
{
    /// <summary>The value of <c>GPUGEEK_METRICS</c>.</summary>
    public string Address { get; } = $"127.0.0.1:{FreePort.Find().ToString(CultureInfo.InvariantCulture)}";

    public async Task<string[]> LinesAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        return (await http.GetStringAsync(new Uri($"http://{Address}/metrics"), cancellationToken)).Split('\n');
    }
}
