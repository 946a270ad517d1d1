using System.Globalization;
using System.Security.Claims;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Http.Auth;

/// <summary>The account or key that the token belongs to.</summary>
/// <param name="KeyOrg">The organisation of an API key; null for a session.</param>
/// <param name="Scopes">Scopes of an API key; a session has none and needs none.</param>
internal sealed record Caller(Guid User, Guid Token, TokenKind Kind, Guid? KeyOrg, IReadOnlyList<string> Scopes, bool IsOperator)
{
    private const string TokenClaim = "token",
        KindClaim = "kind",
        OrgClaim = "org",
        ScopeClaim = "scope",
        OperatorClaim = "operator";

    public bool IsKey => Kind == TokenKind.ApiKey;

    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var identity = new ClaimsIdentity(scheme);
        identity.AddClaim(new(ClaimTypes.NameIdentifier, User.ToString()));
        identity.AddClaim(new(TokenClaim, Token.ToString()));
        identity.AddClaim(new(KindClaim, ((int)Kind).ToString(CultureInfo.InvariantCulture)));
        if (KeyOrg is { } org)
            identity.AddClaim(new(OrgClaim, org.ToString()));
        if (IsOperator)
            identity.AddClaim(new(OperatorClaim, "true"));
        foreach (var scope in Scopes)
            identity.AddClaim(new(ScopeClaim, scope));
        return new(identity);
    }

    public static Caller? From(ClaimsPrincipal principal)
    {
        if (principal.FindFirstValue(ClaimTypes.NameIdentifier) is not { } user)
            return null;
        return new(
            Guid.Parse(user),
            Guid.Parse(principal.FindFirstValue(TokenClaim)!),
            (TokenKind)int.Parse(principal.FindFirstValue(KindClaim)!, CultureInfo.InvariantCulture),
            principal.FindFirstValue(OrgClaim) is { } org ? Guid.Parse(org) : null,
            [.. principal.FindAll(ScopeClaim).Select(c => c.Value)],
            principal.HasClaim(OperatorClaim, "true")
        );
    }
}
