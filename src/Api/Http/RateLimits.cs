using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.RateLimiting;

namespace GpuGeek.Api.Http;

internal static class RateLimits
{
    public const string SignIn = "sign-in";
    public const string Shared = "shared";

    /// <summary>For routes that send mail to a given address.</summary>
    public const string Mail = "mail";
    public const int SignInsPerMinute = 30;
    private const int LooksPerMinute = 240,
        MailsPerHour = 10;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1),
        Hour = TimeSpan.FromHours(1);

    /// <summary>Limits the number of requests. Guesses of passwords and codes are counted in the database, across processes
    /// (<c>AttemptCounter</c>).</summary>
    public static IServiceCollection AddRateLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<RequestLimitOptions>()
            .Configure(o =>
            {
                o.Key = configuration.GetValue("GPUGEEK_LIMIT_KEY", o.Key);
                o.Account = configuration.GetValue("GPUGEEK_LIMIT_ACCOUNT", o.Account);
                o.Address = configuration.GetValue("GPUGEEK_LIMIT_ADDRESS", o.Address);
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<RequestLimits>();
        services.AddOptions<RateLimiterOptions>().Configure<RequestLimits>((options, limits) => options.GlobalLimiter = limits.All);
        return services.AddRateLimiter(AddPolicies);
    }

    private static void AddPolicies(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.AddPolicy(SignIn, context => Fixed(context, SignInsPerMinute, Minute));
        // Tokens of share links cannot be guessed; this stops one address from reading shared pages without limit.
        options.AddPolicy(Shared, context => Fixed(context, LooksPerMinute, Minute));
        options.AddPolicy(Mail, context => Fixed(context, MailsPerHour, Hour));
        options.OnRejected = async (rejected, cancellationToken) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Minute;
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            var (detail, hint) = rejected.HttpContext.RequestServices.GetRequiredService<RequestLimits>().Of(rejected.HttpContext)
                is { Remaining: 0 } limit
                ? (
                    $"This {limit.Of} has sent more than {limit.PerMinute} requests in one minute.",
                    "Wait as long as Retry-After says, and spread the requests: RateLimit-Remaining is the number left. The operator "
                        + "sets the limit."
                )
                : Why(rejected.HttpContext.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName);
            await TooMany(detail, hint).ExecuteAsync(rejected.HttpContext);
        };
    }

    /// <summary>For the one route that counts sign-ins itself.</summary>
    public static ProblemHttpResult TooManySignIns(HttpContext http)
    {
        http.Response.Headers.RetryAfter = Minute.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var (detail, hint) = Why(SignIn);
        return TooMany(detail, hint);
    }

    private static ProblemHttpResult TooMany(string detail, string hint) =>
        Problems.Of(429, "too_many_requests", "Too many requests", detail, hint);

    private static (string Detail, string Hint) Why(string? policy) =>
        policy switch
        {
            Mail => ($"This address has requested more than {MailsPerHour} mails in one hour.", "Wait an hour, and check the spam folder."),
            Shared => ($"This address has opened shared pages more than {LooksPerMinute} times in one minute.", "Wait a minute."),
            _ => ($"This address has tried to sign in more than {SignInsPerMinute} times in one minute.", "Wait a minute."),
        };

    private static RateLimitPartition<string> Fixed(HttpContext context, int permits, TimeSpan window) =>
        RateLimitPartition.GetFixedWindowLimiter(
            ClientAddress.NetworkOf(context),
            _ =>
                new()
                {
                    PermitLimit = permits,
                    Window = window,
                    QueueLimit = 0,
                }
        );
}
