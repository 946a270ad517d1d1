using System.Security.Claims;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Http.Auth;

/// <summary>The account or key that the token belongs to.</summary>
/// <param name="KeyOrg">The organisation of an API key; null for a session.</param>
/// <param name="Scopes">Scopes of an API key; a session has none and needs none.</param>
internal sealed record Caller(Guid User, Guid Token, TokenKind Kind, Guid? KeyOrg, IReadOnlyList<string> Scopes, bool IsOperator)
{
    public bool IsKey => Kind == TokenKind.ApiKey;

    /// <summary>An API key belongs to one organisation, also where its owner is a member of others.</summary>
    public bool MayEnter(Guid org) => !IsKey || KeyOrg == org;

    public static Caller? From(ClaimsPrincipal principal) => (principal.Identity as CallerIdentity)?.Caller;
}

/// <summary>The caller's role in the organisation of the request's route.</summary>
/// <param name="Slug">As in the route.</param>
internal sealed record Membership(string Slug, Guid Org, Role Role);

/// <summary>The identity of a request with a valid token.</summary>
/// <param name="caller">Whose token it is.</param>
/// <param name="membership">Null if the route has no organisation, or the caller is not a member.</param>
internal sealed class CallerIdentity(string scheme, Caller caller, Membership? membership) : ClaimsIdentity(scheme)
{
    public Caller Caller { get; } = caller;
    public Membership? Membership { get; } = membership;
}
