using System.Net;
using GpuGeek.Contracts.Client;
using GpuGeek.Web.Clients;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;

namespace GpuGeek.Web.Accounts;

/// <summary>Plain forms that respond only with a redirect. A parameter bound from the form makes the framework require its antiforgery
/// token.</summary>
internal static class AccountEndpoints
{
    public static void MapAccountEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sign-out", SignOutAsync);
        routes.MapPost("/preferences", SavePreferences);
    }

    private static async Task<RedirectHttpResult> SignOutAsync(
        HttpContext context,
        SessionCookie cookie,
        ApiClients clients,
        [FromForm] string? returnUrl
    )
    {
        if (cookie.Read(context.Request) is { } token)
        {
            try
            {
                await clients
                    .Create(token, context.Connection.RemoteIpAddress?.ToString(), context.Request.Headers.UserAgent.ToString())
                    .SignOutAsync(context.RequestAborted);
            }
            catch (ApiException e) when (e.Status == HttpStatusCode.Unauthorized)
            {
                // The session had already ended: the cookie is deleted anyway.
            }
        }
        cookie.Clear(context);
        return TypedResults.Redirect(
            $"/sign-in{(returnUrl is null ? "" : "?returnUrl=" + Uri.EscapeDataString(LocalUrl.Or(returnUrl, "/")))}"
        );
    }

    private static RedirectHttpResult SavePreferences(
        HttpContext context,
        [FromForm] string? language,
        [FromForm] string? theme,
        [FromForm] string? returnUrl
    )
    {
        if (language is not null)
        {
            var known = Array.Exists(WebSetup.Languages, culture => culture.Name == language);
            Preferences.Write(
                context,
                Preferences.LanguageCookie,
                known ? CookieRequestCultureProvider.MakeCookieValue(new(language)) : null
            );
        }
        if (theme is not null)
            Preferences.Write(context, Preferences.ThemeCookie, theme is "light" or "dark" ? theme : null);
        return TypedResults.Redirect(LocalUrl.Or(returnUrl, "/account"));
    }
}
