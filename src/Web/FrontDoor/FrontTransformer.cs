using System.Net.Http.Headers;
using GpuGeek.Web.Accounts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace GpuGeek.Web.FrontDoor;

/// <summary>Turns the cookie into a bearer token and adds the client's address; clients cannot set our own headers.</summary>
internal sealed class FrontTransformer(SessionCookie cookie, CsrfTokens csrf, IOptions<WebOptions> options) : HttpTransformer
{
    public const string ClientHeader = "X-GpuGeek-Client";
    public const string SecretHeader = "X-GpuGeek-Front";
    private const string OwnPrefix = "X-GpuGeek-";
    private const int SmallBody = 32 << 10;

    public override async ValueTask TransformRequestAsync(
        HttpContext context,
        HttpRequestMessage request,
        string destination,
        CancellationToken cancellationToken
    )
    {
        await base.TransformRequestAsync(context, request, destination, cancellationToken);
        request.Headers.Host = null;
        // A refusal then comes before the body: if Api closes the connection while a body is being sent, its response is lost.
        if (
            context.Request.ContentLength is null or > SmallBody
            && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
        )
            request.Headers.ExpectContinue = true;
        foreach (var name in context.Request.Headers.Keys.Where(IsOurs))
            request.Headers.Remove(name);
        // Cookies are for this process; Api reads tokens.
        request.Headers.Remove("Cookie");
        if (context.Request.Headers.Authorization.Count == 0 && cookie.Read(context.Request) is { } session)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", session);
            // The page's own scripts send it back with each change.
            if (FrontDoorRoutes.IsPage(context.Request.Path))
                request.Headers.TryAddWithoutValidation(CsrfRule.Header, csrf.Create(session));
        }
        Introduce(request.Headers, context.Connection.RemoteIpAddress?.ToString(), options.Value.FrontSecret);
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext context,
        HttpResponseMessage? response,
        CancellationToken cancellationToken
    )
    {
        var copy = await base.TransformResponseAsync(context, response, cancellationToken);
        context.Response.Headers.Remove("Server");
        return copy;
    }

    /// <summary>Api trusts the address only together with the secret.</summary>
    public static void Introduce(HttpRequestHeaders headers, string? address, string? secret)
    {
        if (address is null || string.IsNullOrEmpty(secret))
            return;
        headers.TryAddWithoutValidation(ClientHeader, address);
        headers.TryAddWithoutValidation(SecretHeader, secret);
    }

    private static bool IsOurs(string name) =>
        name.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase);
}
