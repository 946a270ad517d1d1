using GpuGeek.Contracts.Accounts;
using Microsoft.AspNetCore.Components;

namespace GpuGeek.Web.Accounts;

/// <summary>Handles a successful response on an account page: sets the cookies, then redirects to a clean address.</summary>
internal sealed class SignInFlow(SessionCookie cookie, DeviceCookie device, NavigationManager navigation)
{
    /// <summary>The device token of an earlier sign-in of this browser, sent with the next one.</summary>
    public string? Device(HttpContext context) => device.Read(context.Request);

    public void Enter(HttpContext context, SessionResponse session, string? returnUrl)
    {
        cookie.Write(context, session.Token, session.ExpiresAt);
        if (session.Device is { } known)
            device.Write(context, known);
        var home = session.Organizations is [var first, ..] ? $"/{first.Slug}" : "/";
        navigation.NavigateTo(LocalUrl.Or(returnUrl, home));
    }
}
