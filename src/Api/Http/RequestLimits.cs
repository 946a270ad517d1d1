using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Threading.RateLimiting;
using GpuGeek.Api.Http.Auth;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Http;

/// <summary>Requests per minute for each kind of caller; 0: no limit. Set by <c>GPUGEEK_LIMIT_KEY</c>, <c>GPUGEEK_LIMIT_ACCOUNT</c> and
/// <c>GPUGEEK_LIMIT_ADDRESS</c>. Each Api process counts separately.</summary>
internal sealed class RequestLimitOptions
{
    private const int Most = 10_000_000;

    /// <summary>Limit per API key.</summary>
    [Range(0, Most, ErrorMessage = "GPUGEEK_LIMIT_KEY must be a number from 0 (no limit) to 10000000: requests a minute of one API key.")]
    public int Key { get; set; } = 6_000;

    /// <summary>Limit per person, over all their sessions and keys.</summary>
    [Range(
        0,
        Most,
        ErrorMessage = "GPUGEEK_LIMIT_ACCOUNT must be a number from 0 (no limit) to 10000000: requests a minute of one person."
    )]
    public int Account { get; set; } = 12_000;

    /// <summary>Limit per network address, for requests without a valid token.</summary>
    [Range(
        0,
        Most,
        ErrorMessage = "GPUGEEK_LIMIT_ADDRESS must be a number from 0 (no limit) to 10000000: requests a minute of one address without "
            + "a token."
    )]
    public int Address { get; set; } = 1_200;
}

/// <summary>Token buckets that fill evenly: a caller who pauses briefly can continue, and an idle caller can send a minute's worth at
/// once.</summary>
internal sealed class RequestLimits : IDisposable
{
    private readonly (string Of, int PerMinute, PartitionedRateLimiter<HttpContext> Limiter)[] _limits;

    public RequestLimits(IOptions<RequestLimitOptions> options)
    {
        var o = options.Value;
        _limits =
        [
            ("API key", o.Key, Limiter(o.Key, http => Caller.From(http.User) is { IsKey: true } key ? key.Token.ToString() : null)),
            ("account", o.Account, Limiter(o.Account, http => Caller.From(http.User)?.User.ToString())),
            ("address", o.Address, Limiter(o.Address, http => Caller.From(http.User) is null ? ClientAddress.Of(http) : null)),
        ];
        All = PartitionedRateLimiter.CreateChained([.. _limits.Select(l => l.Limiter)]);
    }

    public PartitionedRateLimiter<HttpContext> All { get; }

    /// <summary>The tightest limit that counts this request, with its current state; null if none does.</summary>
    public RequestLimit? Of(HttpContext http) =>
        _limits
            .Select(l =>
                l.Limiter.GetStatistics(http) is { } s && l.PerMinute > 0
                    ? new RequestLimit(l.Of, l.PerMinute, s.CurrentAvailablePermits)
                    : null
            )
            .OfType<RequestLimit>()
            .MinBy(l => (double)l.Remaining / l.PerMinute);

    public void Dispose()
    {
        All.Dispose();
        foreach (var (_, _, limiter) in _limits)
            limiter.Dispose();
    }

    /// <param name="partition">Key of the bucket; null: this limit does not count the request.</param>
    private static PartitionedRateLimiter<HttpContext> Limiter(int perMinute, Func<HttpContext, string?> partition) =>
        PartitionedRateLimiter.Create<HttpContext, string>(http =>
            perMinute == 0 || partition(http) is not { } key
                ? RateLimitPartition.GetNoLimiter("")
                : RateLimitPartition.GetTokenBucketLimiter(
                    key,
                    _ =>
                        new()
                        {
                            TokenLimit = perMinute,
                            TokensPerPeriod = Math.Max(1, perMinute / 60),
                            ReplenishmentPeriod = perMinute < 60 ? TimeSpan.FromSeconds(60.0 / perMinute) : TimeSpan.FromSeconds(1),
                            QueueLimit = 0,
                        }
                )
        );
}

/// <param name="Of">The counted unit: <c>API key</c>, <c>account</c> or <c>address</c>.</param>
/// <param name="Remaining">Requests that would be accepted now.</param>
internal sealed record RequestLimit(string Of, int PerMinute, long Remaining)
{
    /// <summary>Seconds until the bucket is full.</summary>
    public int Reset => (int)Math.Ceiling((PerMinute - Remaining) * 60.0 / PerMinute);
}

internal static class RequestLimitHeaders
{
    /// <summary>Every counted response has the remaining number.</summary>
    public static void UseRequestLimitHeaders(this WebApplication app) =>
        app.Use(
            (http, next) =>
            {
                var limits = http.RequestServices.GetRequiredService<RequestLimits>();
                http.Response.OnStarting(() =>
                {
                    if (limits.Of(http) is not { } limit)
                        return Task.CompletedTask;
                    http.Response.Headers["RateLimit-Limit"] = limit.PerMinute.ToString(CultureInfo.InvariantCulture);
                    http.Response.Headers["RateLimit-Remaining"] = limit.Remaining.ToString(CultureInfo.InvariantCulture);
                    http.Response.Headers["RateLimit-Reset"] = limit.Reset.ToString(CultureInfo.InvariantCulture);
                    return Task.CompletedTask;
                });
                return next(http);
            }
        );
}
