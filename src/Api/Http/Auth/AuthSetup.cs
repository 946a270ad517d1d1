using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Http.Versions;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace GpuGeek.Api.Http.Auth;

internal static class AuthSetup
{
    public const string OperatorPolicy = "operator";

    public static IServiceCollection AddTokensAndTenants(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<TokenStore>().AddSingleton<TokenChecks>();
        services.AddScoped<Tenant>().AddScoped<Change>().AddScoped<FirstAnswer>().AddSingleton<Representations>();
        services.AddScoped(provider =>
            provider
                .GetRequiredService<IDbContexts>()
                .ForOrg(provider.GetRequiredService<Tenant>().OrgId, provider.GetRequiredService<Tenant>().UserId)
        );
        services.AddScoped(provider =>
            Caller.From(provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.User)
            ?? throw new InvalidOperationException("The endpoint allows anonymous callers and asks for one.")
        );
        services
            .AddAuthentication(TokenAuthentication.Scheme_)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.Scheme_, null);
        services.AddScoped<IAuthorizationHandler, OrgAuthorization>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalToProblem>();
        services
            .AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(OrgAuthorization.Policy, policy => policy.RequireAuthenticatedUser().AddRequirements(new OrgRequirement()))
            .AddPolicy(
                OperatorPolicy,
                policy => policy.RequireAuthenticatedUser().RequireAssertion(c => Caller.From(c.User) is { IsOperator: true, IsKey: false })
            );
        return services;
    }

    /// <summary>The route group of an organisation.</summary>
    public static RouteGroupBuilder MapOrg(this IEndpointRouteBuilder routes, string prefix = "") =>
        routes
            .MapGroup($"/api/v1/orgs/{{{OrgAuthorization.Parameter}}}{prefix}")
            .RequireAuthorization(OrgAuthorization.Policy)
            .AddEndpointFilter<RouteGroupBuilder, ChangeFilter>()
            .AddEndpointFilter<RouteGroupBuilder, VersionFilter>();

    public static TBuilder Needs<TBuilder>(this TBuilder builder, Role role, string? scope)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Needs(role, scope));
}
