using Microsoft.Extensions.Options;

namespace GpuGeek.Web.Accounts;

/// <summary>The browser's cookie is the session token itself; scripts cannot read it.</summary>
internal sealed class SessionCookie(IOptions<WebOptions> options)
{
    private readonly string _name = $"gg_{options.Value.Instance}";
    private readonly bool _publicHttps = options.Value.PublicUrl?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true;

    public string? Read(HttpRequest request) => request.Cookies[NameFor(request)] is { Length: > 0 } token ? token : null;

    public void Write(HttpContext context, string token, DateTimeOffset expiresAt) =>
        context.Response.Cookies.Append(NameFor(context.Request), token, Attributes(context.Request, expiresAt));

    public void Clear(HttpContext context) => context.Response.Cookies.Delete(NameFor(context.Request), Attributes(context.Request, null));

    /// <summary>Under https the browser itself holds the cookie to this host.</summary>
    private string NameFor(HttpRequest request) => IsSecure(request) ? "__Host-" + _name : _name;

    private bool IsSecure(HttpRequest request) => request.IsHttps || _publicHttps;

    private CookieOptions Attributes(HttpRequest request, DateTimeOffset? expires) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = IsSecure(request), Path = "/", Expires = expires, IsEssential = true };
}
