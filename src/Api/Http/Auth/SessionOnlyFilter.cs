namespace GpuGeek.Api.Http.Auth;

internal static class SessionOnlyFilter
{
    /// <summary>The account is the person's: no API key touches it.</summary>
    public static RouteHandlerBuilder SessionOnly(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter(
            async (context, next) =>
                Caller.From(context.HttpContext.User) is { IsKey: true }
                    ? Problems.Forbidden("session_needed", "API keys may not do this: it is about a person's account.", "Sign in.")
                    : await next(context)
        );
}
