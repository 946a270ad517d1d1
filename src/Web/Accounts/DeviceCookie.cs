using Microsoft.Extensions.Options;

namespace GpuGeek.Web.Accounts;

/// <summary>Says that this browser has signed in before, so that its attempts are counted apart from those of strangers. It outlives the
/// session and signs nobody in.</summary>
internal sealed class DeviceCookie(IOptions<WebOptions> options, TimeProvider clock)
    : BrowserCookie(options.Value, $"gg_device_{options.Value.Instance}", SameSiteMode.Strict)
{
    /// <summary>As long as browsers keep any cookie; every sign-in renews it.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    public void Write(HttpContext context, string device) => Write(context, device, clock.GetUtcNow() + Lifetime);
}
