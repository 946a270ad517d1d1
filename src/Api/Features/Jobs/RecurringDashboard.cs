using GpuGeek.Api.Http.Auth;
using Hangfire;
using Microsoft.AspNetCore.Antiforgery;

namespace GpuGeek.Api.Features.Jobs;

/// <summary>Hangfire's own pages about recurring work, for the operator. The front door forwards them.</summary>
internal static class RecurringDashboard
{
    private const string Path = "/operator/jobs";

    public static IServiceCollection AddRecurringDashboard(this IServiceCollection services) =>
        services.AddSingleton<IAntiforgery, FrontDoorAntiforgery>();

    public static void MapRecurringDashboard(this IEndpointRouteBuilder routes) =>
        routes
            .MapHangfireDashboard(
                Path,
                new DashboardOptions
                {
                    // The policy below decides.
                    Authorization = [],
                    DashboardTitle = "GpuGeek · recurring work",
                    DisplayStorageConnectionString = false,
                }
            )
            .RequireAuthorization(AuthSetup.OperatorPolicy);
}

/// <summary>
/// The front door refuses a change made with the cookie that does not carry its token, and tells the pages behind it that token. A request
/// that reaches Api otherwise has its own Authorization header, which no other site can send.
/// </summary>
internal sealed class FrontDoorAntiforgery : IAntiforgery
{
    private const string Header = "X-GpuGeek-Csrf";

    public AntiforgeryTokenSet GetAndStoreTokens(HttpContext httpContext) => GetTokens(httpContext);

    public AntiforgeryTokenSet GetTokens(HttpContext httpContext) =>
        new(httpContext.Request.Headers[Header].ToString() is { Length: > 0 } token ? token : "none", null, "none", Header);

    public Task<bool> IsRequestValidAsync(HttpContext httpContext) => Task.FromResult(true);

    public Task ValidateRequestAsync(HttpContext httpContext) => Task.CompletedTask;

    public void SetCookieTokenAndHeader(HttpContext httpContext) { }
}
