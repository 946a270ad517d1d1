using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Tenants;

internal static class KeyEndpoints
{
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/keys").WithTags("Keys");
        group.MapGet("", ListAsync).Needs(Role.Admin, null).WithName("ListKeys");
        group.MapPost("", CreateAsync).Needs(Role.Admin, null).Idempotent().WithName("CreateKey");
        group.MapDelete("/{key:guid}", RevokeAsync).Needs(Role.Admin, null).WithName("RevokeKey");
    }

    /// <summary>List the organisation's keys, newest first</summary>
    private static async Task<Ok<Page<KeyResponse>>> ListAsync(Tenant tenant, GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        var rows = await (
            from key in db.Tokens
            join user in db.Users on key.UserId equals user.Id
            where key.OrgId == tenant.OrgId && key.Kind == TokenKind.ApiKey
            orderby key.Id descending
            select new { key, user.DisplayName }
        )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(
            new Page<KeyResponse>(
                [
                    .. rows.Select(r => new KeyResponse(
                        r.key.Id,
                        r.key.Name,
                        r.key.Prefix,
                        r.key.Scopes,
                        r.DisplayName,
                        r.key.CreatedAt,
                        r.key.ExpiresAt,
                        r.key.LastUsedAt,
                        r.key.RevokedAt
                    )),
                ],
                null
            )
        );
    }

    /// <summary>Create a key; it is shown only once</summary>
    private static async Task<Results<Created<CreatedKeyResponse>, ProblemHttpResult>> CreateAsync(
        CreateKeyRequest request,
        Tenant tenant,
        HttpContext http,
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        if (request.Scopes.Except(Scopes.All).FirstOrDefault() is { } unknown)
            return Problems.Impossible(
                "unknown_scope",
                $"There is no scope '{unknown}'.",
                $"Choose from: {string.Join(", ", Scopes.All)}."
            );
        if (request.ExpiresAt <= now)
            return Problems.Impossible("expiry_in_the_past", "The expiry time is in the past.", "Choose a later time, or leave it empty.");
        var token = TokenFormat.Create(TokenKind.ApiKey);
        var key = new AccessToken
        {
            Id = Guid.CreateVersion7(now),
            Kind = TokenKind.ApiKey,
            Hash = TokenFormat.Hash(token),
            Prefix = TokenFormat.Recognizable(token),
            UserId = tenant.UserId,
            OrgId = tenant.OrgId,
            Name = request.Name.Trim(),
            Scopes = [.. request.Scopes.Distinct().Order(StringComparer.Ordinal)],
            CreatedAt = now,
            ExpiresAt = request.ExpiresAt?.ToUniversalTime(),
        };
        db.Tokens.Add(key);
        AccountTrail.Add(db, http, tenant.UserId, AccountEventKind.KeyMade, $"{key.Name} · {tenant.Slug}");
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created(
            $"/api/v1/orgs/{tenant.Slug}/keys/{key.Id}",
            new CreatedKeyResponse(key.Id, key.Name, token, key.Prefix, key.Scopes, key.CreatedAt, key.ExpiresAt)
        );
    }

    /// <summary>Revoke a key; it stops working immediately</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        Guid key,
        Tenant tenant,
        HttpContext http,
        GpuGeekDbContext db,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var row = await db.Tokens.FirstOrDefaultAsync(
            t => t.Id == key && t.OrgId == tenant.OrgId && t.Kind == TokenKind.ApiKey,
            cancellationToken
        );
        if (row is null)
            return Problems.NotFound();
        if (row.RevokedAt is not null)
            change.NoChange();
        else
            AccountTrail.Add(db, http, tenant.UserId, AccountEventKind.KeyRevoked, $"{row.Name} · {tenant.Slug}");
        row.RevokedAt ??= clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
