using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace GpuGeek.Web.Accounts;

/// <summary>
/// Anyone with a cookie can open pages; Api checks at every call whether its token is still valid. The token is a claim, because a page's
/// circuit has no cookies and gets it from the connection's user.
/// </summary>
internal sealed class SessionAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    SessionCookie cookie
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "session";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var address = new Claim(SessionClaims.Address, Context.Connection.RemoteIpAddress?.ToString() ?? "");
        var agent = new Claim(SessionClaims.Agent, Request.Headers.UserAgent.ToString());
        if (cookie.Read(Request) is not { } token)
            return Task.FromResult(AuthenticateResult.NoResult());
        var identity = new ClaimsIdentity([new Claim(SessionClaims.Token, token), address, agent], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Redirect($"/sign-in?returnUrl={Uri.EscapeDataString(Request.Path + Request.QueryString)}");
        return Task.CompletedTask;
    }
}

internal static class SessionClaims
{
    public const string Token = "gg:token";
    public const string Address = "gg:address";
    public const string Agent = "gg:agent";
}

internal static class SessionSetup
{
    public static void AddSessions(this IServiceCollection services)
    {
        services.AddSingleton<SessionCookie>().AddSingleton<DeviceCookie>().AddSingleton<BrowserSecret>();
        services.AddScoped<SignInFlow>();
        services
            .AddAuthentication(SessionAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SessionAuthenticationHandler>(SessionAuthenticationHandler.SchemeName, null);
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
        services.AddHttpContextAccessor();
    }
}
