using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Accounts;

internal static class Sessions
{
    /// <summary>Adds a session to the context; the caller saves. This is the only time the token is available.</summary>
    public static (string Token, DateTimeOffset ExpiresAt) Add(GpuGeekDbContext db, Guid user, HttpContext http, DateTimeOffset now)
    {
        var token = TokenFormat.Create(TokenKind.Session);
        var lifetimes = http.RequestServices.GetRequiredService<IOptions<SessionLifetime>>().Value;
        var agent = http.Request.Headers.UserAgent.ToString();
        var row = new AccessToken
        {
            Id = Guid.CreateVersion7(now),
            Kind = TokenKind.Session,
            Hash = TokenFormat.Hash(token),
            Prefix = TokenFormat.Recognizable(token),
            UserId = user,
            Name = agent.Length == 0 ? "unknown" : agent[..Math.Min(agent.Length, 200)],
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + lifetimes.Lifetime,
        };
        db.Tokens.Add(row);
        return (token, row.ExpiresAt!.Value);
    }

    public static void MapSessions(this RouteGroupBuilder account)
    {
        account.MapGet("/sessions", ListAsync).SessionOnly().WithName("ListSessions");
        account.MapDelete("/sessions/{session:guid}", RevokeAsync).SessionOnly().WithName("RevokeSession");
    }

    /// <summary>List the person's sessions, newest first</summary>
    private static async Task<Ok<Page<SessionSummary>>> ListAsync(
        Caller caller,
        IDbContexts contexts,
        IOptions<SessionLifetime> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForUser(caller.User);
        var now = clock.GetUtcNow();
        var (idle, usedSince) = (options.Value.Idle, now - options.Value.Idle);
        var rows = await db
            .Tokens.AsNoTracking()
            .Where(t =>
                t.UserId == caller.User
                && t.Kind == TokenKind.Session
                && t.RevokedAt == null
                && t.ExpiresAt > now
                && t.LastUsedAt > usedSince
            )
            .OrderByDescending(t => t.Id)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(
            new Page<SessionSummary>(
                [
                    .. rows.Select(t => new SessionSummary(
                        t.Id,
                        t.Name,
                        t.CreatedAt,
                        t.LastUsedAt,
                        t.ExpiresAt,
                        t.Id == caller.Token,
                        t.LastUsedAt + idle < t.ExpiresAt ? t.LastUsedAt + idle : t.ExpiresAt
                    )),
                ],
                null
            )
        );
    }

    /// <summary>End one session; it takes effect immediately</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        Guid session,
        Caller caller,
        HttpContext http,
        IDbContexts contexts,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForUser(caller.User);
        if (
            await db.Tokens.FirstOrDefaultAsync(
                t => t.Id == session && t.UserId == caller.User && t.Kind == TokenKind.Session,
                cancellationToken
            )
            is not { } row
        )
            return Problems.NotFound();
        if (row.RevokedAt is not null)
            return TypedResults.NoContent();
        row.RevokedAt = clock.GetUtcNow();
        AccountTrail.Add(db, http, caller.User, AccountEventKind.SessionEnded, row.Name);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>After a security setting of the account has changed, only the session that changed it remains valid.</summary>
    public static Task RevokeAllAsync(
        GpuGeekDbContext db,
        Guid user,
        Guid? except,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        db
            .Tokens.Where(t => t.UserId == user && t.Kind == TokenKind.Session && (except == null || t.Id != except) && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), cancellationToken);

    public static UserResponse Response(ApplicationUser user) => new(user.Id, user.Email!, user.DisplayName, user.IsOperator);

    public static async Task<List<MembershipResponse>> MembershipsAsync(GpuGeekDbContext db, Guid user, CancellationToken cancellationToken)
    {
        var rows = await (
            from member in db.Members
            join org in db.Organizations on member.OrgId equals org.Id
            where member.UserId == user
            orderby member.JoinedAt
            select new
            {
                org.Slug,
                org.Name,
                member.Role,
            }
        ).ToListAsync(cancellationToken);
        return [.. rows.Select(m => new MembershipResponse(m.Slug, m.Name, m.Role.ToString().ToLowerInvariant()))];
    }
}
