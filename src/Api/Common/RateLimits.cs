using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace GpuGeek.Api.Common;

internal static class RateLimits
{
    public const string SignIn = "sign-in";
    public const string Shared = "shared";
    private const int SignInsPerMinute = 30, LooksPerMinute = 240;

    /// <summary>Guessing passwords is slowed per address here, and per account by the lockout.</summary>
    public static IServiceCollection AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.AddPolicy(SignIn, context => PerMinute(context, SignInsPerMinute));
        // Tokens of share links cannot be guessed; this keeps one address from reading them without end.
        options.AddPolicy(Shared, context => PerMinute(context, LooksPerMinute));
        options.OnRejected = async (rejected, cancellationToken) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1);
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            var isSignIn = rejected.HttpContext.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName == SignIn;
            await Problems.Of(429, "too_many_requests", "Too many attempts",
                isSignIn ? $"This address has tried to sign in more than {SignInsPerMinute} times within a minute." : $"This address has looked at shared pages more than {LooksPerMinute} times within a minute.",
                "Wait a minute.").ExecuteAsync(rejected.HttpContext);
        };
    });

    private static RateLimitPartition<string> PerMinute(HttpContext context, int permits) => RateLimitPartition.GetFixedWindowLimiter(ClientAddress.Of(context), _ => new()
    {
        PermitLimit = permits, Window = TimeSpan.FromMinutes(1), QueueLimit = 0,
    });
}
