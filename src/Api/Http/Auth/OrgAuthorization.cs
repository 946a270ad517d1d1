using GpuGeek.Domain.Tenants;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace GpuGeek.Api.Http.Auth;

/// <summary>The role and scope that a route of an organisation requires.</summary>
/// <param name="Scope">Required scope of an API key; null: keys cannot use the route.</param>
internal sealed record Needs(Role Role, string? Scope);

internal sealed class OrgRequirement : IAuthorizationRequirement;

/// <summary>The first barrier between tenants: the caller must be a member of <c>{org}</c> with the required role and scope.</summary>
internal sealed class OrgAuthorization(IHttpContextAccessor http, Tenant tenant) : AuthorizationHandler<OrgRequirement>
{
    public const string Policy = "org";
    public const string Parameter = "org";

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OrgRequirement requirement)
    {
        var request = http.HttpContext ?? throw new InvalidOperationException("Organisation routes are HTTP routes.");
        // Ignoring this would allow everybody, so a route without a requirement fails.
        var slug =
            request.GetRouteValue(Parameter) as string
            ?? throw new InvalidOperationException($"The route {request.GetEndpoint()?.DisplayName} has no {{{Parameter}}}.");
        var needs =
            request.GetEndpoint()?.Metadata.GetMetadata<Needs>()
            ?? throw new InvalidOperationException(
                $"The route {request.GetEndpoint()?.DisplayName} does not say which role and scope it needs."
            );
        if (context.User.Identity is not CallerIdentity identity)
            return Task.CompletedTask;
        if (identity.Membership is not { } membership || membership.Slug != slug)
        {
            context.Fail(new(this, Refusal.NotFound));
            return Task.CompletedTask;
        }
        var caller = identity.Caller;
        tenant.Resolve(membership.Org, slug, membership.Role, caller);
        if (caller.IsKey && (needs.Scope is null || !caller.Scopes.Contains(needs.Scope)))
            context.Fail(new(this, Refusal.Scope));
        else if (membership.Role < needs.Role)
            context.Fail(new(this, Refusal.Role));
        else
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

internal static class Refusal
{
    public const string NotFound = "not_found";
    public const string Scope = "scope";
    public const string Role = "role";
}

/// <summary>Explains in a problem why a request was refused.</summary>
internal sealed class RefusalToProblem : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (authorizeResult.Succeeded)
            return next(context);
        var needs = context.GetEndpoint()?.Metadata.GetMetadata<Needs>();
        if (authorizeResult.Challenged)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Problems
                .Unauthorized(
                    "not_signed_in",
                    context.Request.Headers.Authorization.Count == 0
                        ? "The request has no token."
                        : "The token is unknown, expired or revoked.",
                    "Send 'Authorization: Bearer gg_…' with a session token or an API key."
                )
                .ExecuteAsync(context);
        }
        var reasons = authorizeResult.AuthorizationFailure?.FailureReasons.Select(r => r.Message).ToList() ?? [];
        if (reasons.Contains(Refusal.NotFound))
            return Problems.NotFound().ExecuteAsync(context);
        if (reasons.Contains(Refusal.Scope))
            return Problems
                .Forbidden(
                    "scope_missing",
                    needs?.Scope is { } scope ? $"The key lacks the scope '{scope}'." : "API keys cannot do this: sign in.",
                    needs?.Scope is null ? null : "Create a key with that scope."
                )
                .ExecuteAsync(context);
        if (reasons.Contains(Refusal.Role))
            return Problems
                .Forbidden(
                    "role_too_small",
                    $"This needs the role '{needs!.Role.ToString().ToLowerInvariant()}'.",
                    "Ask an owner of the organisation."
                )
                .ExecuteAsync(context);
        return Problems.Forbidden("not_allowed", "Only the operator of the installation can do this.").ExecuteAsync(context);
    }
}
