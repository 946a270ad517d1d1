using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GpuGeek.Api.Http;

/// <summary>For the few routes that take files: Kestrel's limits are made for forms.</summary>
internal static class LongBody
{
    /// <summary>Of one file, whatever else limits it.</summary>
    public const long MostBytes = 50L << 30;

    /// <param name="bytes">At most, whether or not a length was announced.</param>
    public static void Allow(HttpContext http, long bytes)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = bytes;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = new MinDataRate(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(30));
    }
}
