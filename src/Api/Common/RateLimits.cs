using System.Globalization;
using System.Threading.RateLimiting;

namespace GpuGeek.Api.Common;

internal static class RateLimits
{
    public const string SignIn = "sign-in";
    private const int SignInsPerMinute = 30;

    /// <summary>Guessing passwords is slowed per address here, and per account by the lockout.</summary>
    public static IServiceCollection AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.AddPolicy(SignIn, context => RateLimitPartition.GetFixedWindowLimiter(ClientAddress.Of(context), _ => new()
        {
            PermitLimit = SignInsPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0,
        }));
        options.OnRejected = async (rejected, cancellationToken) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1);
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await Problems.Of(429, "too_many_requests", "Too many attempts", $"This address has tried to sign in more than {SignInsPerMinute} times within a minute.", "Wait a minute.").ExecuteAsync(rejected.HttpContext);
        };
    });
}
