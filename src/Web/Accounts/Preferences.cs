namespace GpuGeek.Web.Accounts;

/// <summary>Display preferences of a person, stored in the browser and not in the account.</summary>
internal static class Preferences
{
    public const string LanguageCookie = "gg_language";
    public const string ThemeCookie = "gg_theme";

    /// <summary><c>light</c> or <c>dark</c>; null follows the system.</summary>
    public static string? Theme(HttpRequest? request) =>
        request?.Cookies[ThemeCookie] is "light" or "dark" ? request.Cookies[ThemeCookie] : null;

    public static void Write(HttpContext context, string name, string? value)
    {
        var options = new CookieOptions
        {
            SameSite = SameSiteMode.Lax,
            HttpOnly = true,
            Secure = context.Request.IsHttps,
            Path = "/",
            MaxAge = TimeSpan.FromDays(400),
            IsEssential = true,
        };
        if (string.IsNullOrEmpty(value))
            context.Response.Cookies.Delete(name);
        else
            context.Response.Cookies.Append(name, value, options);
    }
}
