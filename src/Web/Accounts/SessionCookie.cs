using Microsoft.Extensions.Options;

namespace GpuGeek.Web.Accounts;

/// <summary>The browser's cookie is the session token itself.</summary>
internal sealed class SessionCookie(IOptions<WebOptions> options)
    : BrowserCookie(options.Value, $"gg_{options.Value.Instance}", SameSiteMode.Lax);
