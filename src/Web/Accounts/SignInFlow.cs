using GpuGeek.Contracts.Accounts;
using Microsoft.AspNetCore.Components;

namespace GpuGeek.Web.Accounts;

/// <summary>What follows a successful answer on an account page: the cookies, then a clean address.</summary>
internal sealed class SignInFlow(SessionCookie cookie, DeviceCookie device, NavigationManager navigation)
{
    /// <summary>What an earlier sign-in of this browser left, to be sent with the next one.</summary>
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
