using GpuGeek.Contracts.Accounts;
using Microsoft.AspNetCore.Components;

namespace GpuGeek.Web.Accounts;

/// <summary>What follows a successful answer on an account page: the cookie, then a clean address.</summary>
internal sealed class SignInFlow(SessionCookie cookie, NavigationManager navigation)
{
    public void Enter(HttpContext context, SessionResponse session, string? returnUrl)
    {
        cookie.Write(context, session.Token, session.ExpiresAt);
        var home = session.Organizations is [var first, ..] ? $"/{first.Slug}" : "/";
        navigation.NavigateTo(LocalUrl.Or(returnUrl, home));
    }
}
