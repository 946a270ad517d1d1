using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace GpuGeek.Web.FrontDoor;

/// <summary>WebSockets have no same-origin policy, so the live hub and the page circuits check Origin themselves.</summary>
internal static class OriginRule
{
    public static void UseOriginRule(this IApplicationBuilder app) =>
        app.Use(
            async (context, next) =>
            {
                var options = context.RequestServices.GetRequiredService<IOptions<WebOptions>>().Value;
                if (!IsGuarded(context.Request.Path) || Allows(context.Request, options.PublicUrl))
                {
                    await next(context);
                    return;
                }
                await Problems.WriteAsync(
                    context,
                    StatusCodes.Status403Forbidden,
                    "origin",
                    "The request comes from another site.",
                    "Live connections are accepted only from pages of this site.",
                    "Open the dashboard at its own address. Behind a proxy, set GPUGEEK_PUBLIC_URL to that address."
                );
            }
        );

    public static bool Allows(HttpRequest request, string? publicUrl)
    {
        var origin = request.Headers.Origin.ToString();
        // Not a browser's WebSocket (those always send an origin): a plain GET, whose response another site cannot read, or a program
        // with its own token.
        if (origin.Length == 0)
            return !IsSocket(request) || !request.Headers.ContainsKey("Cookie");
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var from))
            return false;
        if (string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase))
            return true;
        return Uri.TryCreate(publicUrl, UriKind.Absolute, out var ours)
            && Uri.Compare(from, ours, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
    }

    /// <summary>Over HTTP/1.1 by upgrade, over HTTP/2 by extended CONNECT; the framework's own check needs a middleware that only its
    /// hubs have.</summary>
    private static bool IsSocket(HttpRequest request) =>
        request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase)
        || request.HttpContext.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private static bool IsGuarded(PathString path) => path.StartsWithSegments("/hubs") || path.StartsWithSegments("/_blazor");
}
