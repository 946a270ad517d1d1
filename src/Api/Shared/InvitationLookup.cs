using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>An open invitation, as seen by the holder of its token.</summary>
internal sealed record OpenInvitation(
    Guid OrgId,
    Guid Id,
    string OrgSlug,
    string OrgName,
    string Role,
    string InvitedBy,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? AcceptedAt,
    DateTimeOffset? RevokedAt
);

/// <summary>Invitations from the side of the invited person, with an existing or a new account.</summary>
internal static class InvitationLookup
{
    /// <returns>Null if the token is not, or no longer, valid.</returns>
    public static async Task<OpenInvitation?> FindAsync(
        IDbContexts contexts,
        string token,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (!TokenFormat.TryParse(token, out var kind) || kind != TokenKind.Invitation)
            return null;
        var hash = TokenFormat.Hash(token);
        await using var db = contexts.ForNobody();
        var invitation = await db
            .Database.SqlQuery<OpenInvitation>($"SELECT * FROM invitation({hash})")
            .FirstOrDefaultAsync(cancellationToken);
        return invitation is { AcceptedAt: null, RevokedAt: null } && invitation.ExpiresAt > now ? invitation : null;
    }

    /// <summary>Makes the person a member and adds the audit entry; the caller commits.</summary>
    /// <param name="db">A context of the organisation and the person, in a transaction.</param>
    /// <returns>False if somebody else has accepted it first.</returns>
    public static async Task<bool> AcceptAsync(
        GpuGeekDbContext db,
        OpenInvitation invitation,
        ApplicationUser user,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        // One statement decides: if two people have the link, only one becomes a member.
        var taken = await db
            .Invitations.Where(i => i.Id == invitation.Id && i.AcceptedAt == null && i.RevokedAt == null && i.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.AcceptedAt, now).SetProperty(i => i.AcceptedBy, user.Id), cancellationToken);
        if (taken == 0)
            return false;
        db.Members.Add(
            new()
            {
                OrgId = invitation.OrgId,
                UserId = user.Id,
                Role = Enum.Parse<Role>(invitation.Role, ignoreCase: true),
                JoinedAt = now,
            }
        );
        db.AuditEntries.Add(
            AuditTrail.Entry(
                http,
                invitation.OrgId,
                user.Id,
                user.DisplayName,
                user.Email!,
                null,
                "invitation.accept",
                $"invitations/{invitation.Id}",
                null
            )
        );
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

    public static ProblemHttpResult Invalid() =>
        Problems.Impossible("invitation_invalid", "The invitation was used or revoked, or has expired.", "Ask for a new one.");
}
