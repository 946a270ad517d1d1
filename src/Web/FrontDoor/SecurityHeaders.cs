namespace GpuGeek.Web.FrontDoor;

internal static class SecurityHeaders
{
    // Attributes style= are needed for widths of bars and the like; no style or script element is written into a page.
    private const string Pages =
        "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src "
        + "'self'; connect-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    // The chart library of Hangfire's dashboard adds one style element, always the same.
    private static readonly string Dashboard = Pages.Replace(
        "style-src 'self'",
        "style-src 'self' 'sha256-z7zcnw/4WalZqx+PrNaRnoeLz/G9WXuFqV1WCJ129sg='",
        StringComparison.Ordinal
    );

    // Swagger UI writes its own script into its page.
    private const string Reference =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "frame-ancestors 'none'";

    // Uploaded files must never run as a page of this site.
    private const string Data = "default-src 'none'; frame-ancestors 'none'; sandbox";

    public static void UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                context.Response.OnStarting(() =>
                {
                    var headers = context.Response.Headers;
                    headers.XContentTypeOptions = "nosniff";
                    // A page shows private data: no cache may keep it after the person has signed out.
                    if (context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true)
                        headers.CacheControl = "no-store";
                    headers.TryAdd("Referrer-Policy", "same-origin");
                    headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
                    headers.TryAdd("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
                    headers.TryAdd("Content-Security-Policy", PolicyFor(context.Request.Path));
                    return Task.CompletedTask;
                });
                return next(context);
            }
        );

    private static string PolicyFor(PathString path) =>
        path.StartsWithSegments("/swagger") ? Reference
        : FrontDoorRoutes.IsPage(path) ? Dashboard
        : FrontDoorRoutes.IsForwarded(path) ? Data
        : Pages;
}
