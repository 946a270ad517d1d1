namespace GpuGeek.Api.Http.Auth;

internal static class SessionOnlyFilter
{
    /// <summary>Account routes need a session: API keys are refused.</summary>
    public static RouteHandlerBuilder SessionOnly(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter(
            async (context, next) =>
                Caller.From(context.HttpContext.User) is { IsKey: true }
                    ? Problems.Forbidden("session_needed", "API keys cannot do this: it concerns a person's account.", "Sign in.")
                    : await next(context)
        );
}
