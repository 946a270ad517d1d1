namespace GpuGeek.Web.FrontDoor;

/// <summary>A browser sends the cookie with requests from any site; only a page of this site can also send the header.</summary>
internal static class CsrfRule
{
    public const string Header = "X-GpuGeek-Csrf";

    public static bool Allows(HttpRequest request, string? session, CsrfTokens tokens)
    {
        if (request.Headers.Authorization.Count > 0 || session is null || IsSafe(request))
            return true;
        // The hub is protected by its Origin check: SignalR sets headers only on some of its transports.
        if (request.Path.StartsWithSegments("/hubs"))
            return true;
        return tokens.Matches(request.Headers[Header], session);
    }

    private static bool IsSafe(HttpRequest request) => request.OnlyReads() || HttpMethods.IsOptions(request.Method);
}
