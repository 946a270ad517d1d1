using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GpuGeek.Api.Http;

/// <summary>For the few routes that accept files: Kestrel's default limits are made for forms.</summary>
internal static class LongBody
{
    /// <summary>Maximum size of one file, besides other limits.</summary>
    public const long MostBytes = 50L << 30;

    /// <param name="bytes">Maximum size, whether a length was announced or not.</param>
    public static void Allow(HttpContext http, long bytes)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = bytes;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = new MinDataRate(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(30));
    }
}
