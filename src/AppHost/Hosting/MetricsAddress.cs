using System.Globalization;

namespace GpuGeek.AppHost.Hosting;

/// <summary>The hosts of one machine cannot share an address: they take the port of <c>GPUGEEK_METRICS</c> and the next three.</summary>
internal static class MetricsAddress
{
    private static readonly string[] Order = ["Api", "Web", "Predictor", "Worker"];

    /// <returns>A setting that is no address and port is returned as it is: the host refuses it with a sentence.</returns>
    public static string Of(string host, string first)
    {
        var colon = first.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(first[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? string.Create(CultureInfo.InvariantCulture, $"{first[..colon]}:{port + Array.IndexOf(Order, host)}")
            : first;
    }
}
