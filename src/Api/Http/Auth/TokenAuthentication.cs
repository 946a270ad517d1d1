using System.Text.Encodings.Web;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Http.Auth;

/// <summary>Opaque tokens: <c>Authorization: Bearer gg_…</c>. They are looked up by hash at every request, so that a revoked token stops
/// working immediately.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    TokenStore tokens
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Scheme_ = "Token";
    private const string Prefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.GetEndpoint()?.Metadata.GetMetadata<HealthMetadata>() is not null)
            return AuthenticateResult.NoResult();
        if (ReadToken() is not { } token)
            return AuthenticateResult.NoResult();
        var found = await tokens.FindAsync(token, Request.RouteValues[OrgAuthorization.Parameter] as string, Context.RequestAborted);
        return found is null
            ? AuthenticateResult.Fail("unknown, expired or revoked")
            : AuthenticateResult.Success(new(new(new CallerIdentity(Scheme_, found.Caller, found.Membership)), Scheme_));
    }

    private string? ReadToken()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return header[Prefix.Length..].Trim();
        // .NET's SignalR client cannot set headers on a WebSocket on every platform. No other route accepts a token in the address.
        return
            Request.Path.StartsWithSegments("/hubs", StringComparison.Ordinal) && Request.Query.TryGetValue("access_token", out var query)
            ? query.ToString()
            : null;
    }
}

/// <summary>Checks that a token that was valid when a connection opened is still valid.</summary>
internal sealed class TokenChecks(IDbContexts contexts, IOptions<SessionLifetime> sessions, TimeProvider clock)
{
    public async Task<bool> IsValidAsync(Guid token, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var now = clock.GetUtcNow();
        var usedSince = now - sessions.Value.Idle;
        return await db.Tokens.AnyAsync(
            t =>
                t.Id == token
                && t.RevokedAt == null
                && (t.ExpiresAt == null || t.ExpiresAt > now)
                && (t.Kind != TokenKind.Session || t.LastUsedAt > usedSince),
            cancellationToken
        );
    }
}
