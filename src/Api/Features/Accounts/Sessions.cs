using GpuGeek.Contracts.Accounts;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Identity;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Accounts;

internal static class Sessions
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>Adds a session to the context; the caller saves. The token is given out this once.</summary>
    public static (string Token, DateTimeOffset ExpiresAt) Add(GpuGeekDbContext db, Guid user, HttpContext http, DateTimeOffset now)
    {
        var token = TokenFormat.Create(TokenKind.Session);
        var agent = http.Request.Headers.UserAgent.ToString();
        var row = new AccessToken
        {
            Id = Guid.CreateVersion7(now), Kind = TokenKind.Session, Hash = TokenFormat.Hash(token), Prefix = TokenFormat.Recognizable(token), UserId = user,
            Name = agent.Length == 0 ? "unknown" : agent[..Math.Min(agent.Length, 200)], CreatedAt = now, ExpiresAt = now + Lifetime,
        };
        db.Tokens.Add(row);
        return (token, row.ExpiresAt!.Value);
    }

    public static UserResponse Response(ApplicationUser user) => new(user.Id, user.Email!, user.DisplayName, user.IsOperator);

    public static async Task<List<MembershipResponse>> MembershipsAsync(GpuGeekDbContext db, Guid user, CancellationToken cancellationToken)
    {
        var rows = await (from member in db.Members
                          join org in db.Organizations on member.OrgId equals org.Id
                          where member.UserId == user
                          orderby member.JoinedAt
                          select new { org.Slug, org.Name, member.Role }).ToListAsync(cancellationToken);
        return [.. rows.Select(m => new MembershipResponse(m.Slug, m.Name, m.Role.ToString().ToLowerInvariant()))];
    }
}
