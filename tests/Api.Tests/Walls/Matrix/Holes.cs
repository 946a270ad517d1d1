using GpuGeek.Api.Http.Auth;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GpuGeek.Api.Tests.Walls.Matrix;

/// <summary>Possible mistakes in one route: each is planted in its own host, and the matrix must report it.</summary>
internal static class Holes
{
    /// <summary>The route does not check the role.</summary>
    public static Action<IServiceCollection> SkippedRole(string route) =>
        services => Replace(services, p => new Lenient(p, route, Refusal.Role));

    /// <summary>The route does not check the key's scope.</summary>
    public static Action<IServiceCollection> SkippedScope(string route) =>
        services => Replace(services, p => new Lenient(p, route, Refusal.Scope));

    /// <summary>The route does not check membership.</summary>
    public static Action<IServiceCollection> SkippedMembership(string route) =>
        services => Replace(services, p => new Lenient(p, route, Refusal.NotFound));

    /// <summary>The route's <c>RequireAuthorization</c> was forgotten.</summary>
    public static Action<IServiceCollection> ForgottenAuthorization(string route) =>
        services => services.Replace(ServiceDescriptor.Singleton<IAuthorizationMiddlewareResultHandler>(new Forgetful(route)));

    /// <summary>The route works in the context of another organisation: neither the filter nor row-level security protects its
    /// rows.</summary>
    public static Action<IServiceCollection> AnotherContext(string route, Func<World?> victim) =>
        services =>
            services.Replace(
                ServiceDescriptor.Scoped(provider =>
                {
                    var (contexts, tenant) = (provider.GetRequiredService<IDbContexts>(), provider.GetRequiredService<Tenant>());
                    return victim() is { } other && Is(provider.GetRequiredService<IHttpContextAccessor>().HttpContext!, route)
                        ? contexts.ForOrg(other.OrgId, tenant.UserId)
                        : contexts.ForOrg(tenant.OrgId, tenant.UserId);
                })
            );

    private static bool Is(HttpContext http, string route) =>
        http.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == route;

    private static void Replace(IServiceCollection services, Func<IServiceProvider, IAuthorizationHandler> make)
    {
        services.RemoveAll<IAuthorizationHandler>();
        services.AddScoped<IAuthorizationHandler, PassThroughAuthorizationHandler>();
        services.AddScoped(make);
    }

    /// <summary>The real check, but for one route and one kind of refusal.</summary>
    private sealed class Lenient(IServiceProvider services, string route, string ignored) : AuthorizationHandler<OrgRequirement>
    {
        protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, OrgRequirement requirement)
        {
            var http = services.GetRequiredService<IHttpContextAccessor>().HttpContext!;
            var real = new AuthorizationHandlerContext([requirement], context.User, context.Resource);
            var tenant = services.GetRequiredService<Tenant>();
            await new OrgAuthorization(services.GetRequiredService<IHttpContextAccessor>(), tenant).HandleAsync(real);
            if (real.HasSucceeded || (Is(http, route) && real.FailureReasons.Any(r => r.Message == ignored)))
            {
                if (ignored == Refusal.NotFound && !real.HasSucceeded)
                    await ResolveAsync(http, context, tenant);
                context.Succeed(requirement);
            }
            foreach (var reason in real.FailureReasons.Where(_ => !context.HasSucceeded))
                context.Fail(reason);
        }

        private async Task ResolveAsync(HttpContext http, AuthorizationHandlerContext context, Tenant tenant)
        {
            var slug = (string)http.GetRouteValue(OrgAuthorization.Parameter)!;
            await using var db = services.GetRequiredService<IDbContexts>().System();
            tenant.Resolve(
                await db.Organizations.Where(o => o.Slug == slug).Select(o => o.Id).SingleAsync(),
                slug,
                Role.Owner,
                Caller.From(context.User)!
            );
        }
    }

    private sealed class Forgetful(string route) : IAuthorizationMiddlewareResultHandler
    {
        private readonly RefusalToProblem _real = new();

        public Task HandleAsync(
            RequestDelegate next,
            HttpContext context,
            AuthorizationPolicy policy,
            PolicyAuthorizationResult authorizeResult
        ) => Is(context, route) && authorizeResult.Challenged ? next(context) : _real.HandleAsync(next, context, policy, authorizeResult);
    }
}
