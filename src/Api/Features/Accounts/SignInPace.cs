using System.Threading.RateLimiting;
using GpuGeek.Api.Http;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>
/// Sign-ins a minute, right or wrong: each costs a password hash. A known device has a pace of its own, so that a stranger behind the same
/// address does not
/// take it away; that is why this is no policy of the route, which sees only the address.
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
