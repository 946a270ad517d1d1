namespace GpuGeek.Web.Accounts;

/// <summary>A cookie of this installation that scripts cannot read. Under https the browser binds it to this host.</summary>
/// <param name="name">Contains the instance, because cookies ignore ports.</param>
internal abstract class BrowserCookie(WebOptions options, string name, SameSiteMode sameSite)
{
    private readonly bool _publicHttps = options.PublicUrl?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true;

    public string? Read(HttpRequest request) => request.Cookies[NameFor(request)] is { Length: > 0 } value ? value : null;

    public void Clear(HttpContext context) => context.Response.Cookies.Delete(NameFor(context.Request), Attributes(context.Request, null));

    /// <param name="expires">Null: a session cookie.</param>
    public void Write(HttpContext context, string value, DateTimeOffset? expires) =>
        context.Response.Cookies.Append(NameFor(context.Request), value, Attributes(context.Request, expires));

    private string NameFor(HttpRequest request) => IsSecure(request) ? "__Host-" + name : name;

    private bool IsSecure(HttpRequest request) => request.IsHttps || _publicHttps;

    private CookieOptions Attributes(HttpRequest request, DateTimeOffset? expires) =>
        new()
        {
            HttpOnly = true,
            SameSite = sameSite,
            Secure = IsSecure(request),
            Path = "/",
            Expires = expires,
            IsEssential = true,
        };
}
