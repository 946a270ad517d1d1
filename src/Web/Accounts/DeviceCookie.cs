using Microsoft.Extensions.Options;

namespace GpuGeek.Web.Accounts;

/// <summary>Marks a browser that has signed in before, so that its attempts are counted separately. It outlives the session and does not
/// sign in.</summary>
internal sealed class DeviceCookie(IOptions<WebOptions> options, TimeProvider clock)
    : BrowserCookie(options.Value, $"gg_device_{options.Value.Instance}", SameSiteMode.Strict)
{
    /// <summary>The maximum lifetime of a cookie in browsers; every sign-in renews it.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    public void Write(HttpContext context, string device) => Write(context, device, clock.GetUtcNow() + Lifetime);
}
