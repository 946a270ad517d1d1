using System.Threading.RateLimiting;
using GpuGeek.Api.Http;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>
/// Limits sign-ins per minute, successful or not, because each costs a password hash. A known device has its own limit, so that others
/// behind the same address cannot use it up. It is not a rate-limit policy of the route, because a policy sees only the address.
/// </summary>
internal sealed class SignInPace : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(who =>
        RateLimitPartition.GetFixedWindowLimiter(
            who,
            _ =>
                new()
                {
                    PermitLimit = RateLimits.SignInsPerMinute,
                    Window = TimeSpan.FromMinutes(1),
                    QueueLimit = 0,
                }
        )
    );

    public bool Allows(string who)
    {
        using var lease = _limiter.AttemptAcquire(who);
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();
}
