using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;

namespace GpuGeek.Telemetry;

/// <summary>Where a host shows its metrics.</summary>
internal sealed class MetricsOptions : IValidatableObject
{
    /// <value><c>GPUGEEK_METRICS</c>: <c>address:port</c>; empty: nowhere.</value>
    public string Address { get; set; } = "";

    /// <summary>Only an IP address is accepted: Kestrel would listen on every address of the machine for any other name.</summary>
    public IPEndPoint? EndPoint =>
        Address.LastIndexOf(':') is var colon and > 0
        && IPAddress.TryParse(Address[..colon] is "localhost" ? "127.0.0.1" : Address[..colon], out var address)
        && ushort.TryParse(Address[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port > 0
            ? new(address, port)
            : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address.Length > 0 && EndPoint is null)
            yield return new($"GPUGEEK_METRICS is '{Address}': set it to an IP address and a port, such as 127.0.0.1:9464, or not at all.");
    }
}
