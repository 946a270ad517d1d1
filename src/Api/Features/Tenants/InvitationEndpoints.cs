using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Tenants;

internal static class InvitationEndpoints
{
    /// <summary>Per organisation: a higher number would allow sending spam.</summary>
    private const int MailsPerHour = 60;

    public static void MapInvitations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/invitations").WithTags("Members");
        group.MapGet("", ListAsync).Needs(Role.Admin, null).WithName("ListInvitations");
        group.MapPost("", CreateAsync).Needs(Role.Admin, null).Idempotent().WithName("CreateInvitation");
        group.MapDelete("/{invitation:guid}", RevokeAsync).Needs(Role.Admin, null).WithName("RevokeInvitation");
        var links = routes.MapGroup("/api/v1/invitations").WithTags("Members");
        links.MapPost("/look", LookAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).WithName("LookAtInvitation");
        links.MapPost("/accept", AcceptAsync).RequireRateLimiting(RateLimits.SignIn).WithName("AcceptInvitation");
    }

    /// <summary>List invitations, newest first</summary>
    private static async Task<Ok<Page<InvitationResponse>>> ListAsync(
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await (
            from invitation in db.Invitations
            where last == null || invitation.Id < last
            orderby invitation.Id descending
            // The inviter may have left: the link still works, but the name must no longer be shown.
            select new
            {
                invitation,
                By = db.Users.Where(u => u.Id == invitation.CreatedBy).Select(u => u.DisplayName).FirstOrDefault(),
                Accepted = db.Users.Where(u => u.Id == invitation.AcceptedBy).Select(u => u.DisplayName).FirstOrDefault(),
            }
        )
            .AsNoTracking()
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(
            Paging.Of(
                rows,
                size,
                r => r.invitation.Id.ToString(),
                r => new InvitationResponse(
                    r.invitation.Id,
                    Name(r.invitation.Role),
                    r.invitation.Email,
                    State(r.invitation, now),
                    r.By ?? "",
                    r.Accepted,
                    r.invitation.CreatedAt,
                    r.invitation.ExpiresAt
                )
            )
        );
    }

    /// <summary>Create an invitation link; it is shown only once</summary>
    private static async Task<Results<Created<CreatedInvitationResponse>, ProblemHttpResult>> CreateAsync(
        CreateInvitationRequest request,
        Tenant tenant,
        HttpContext http,
        GpuGeekDbContext db,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var role = Enum.Parse<Role>(request.Role, ignoreCase: true);
        if (role > tenant.Role)
            return Problems.Forbidden(
                "role_too_small",
                $"You cannot invite to a role above your own, which is '{Name(tenant.Role)}'.",
                "Ask an owner of the organisation."
            );
        var now = clock.GetUtcNow();
        var token = TokenFormat.Create(TokenKind.Invitation);
        var invitation = new Invitation
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            Hash = TokenFormat.Hash(token),
            Role = role,
            Email = request.Email?.Trim(),
            CreatedBy = tenant.UserId,
            CreatedAt = now,
            ExpiresAt = now + Invitation.Lifetime,
        };
        var url = $"{options.Value.PublicUrl}/invitation#{token}";
        var mailed = await MailAsync(db, http, invitation, url, tenant.UserId, now, cancellationToken);
        db.Invitations.Add(invitation);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created(
            $"/api/v1/orgs/{tenant.Slug}/invitations/{invitation.Id}",
            new CreatedInvitationResponse(invitation.Id, Name(role), invitation.Email, url, now, invitation.ExpiresAt, mailed)
        );
    }

    /// <returns>Whether the invitation is also sent by email: it has an address, the installation sends email, and the organisation has
    /// not reached its limit for this hour.</returns>
    private static async Task<bool> MailAsync(
        GpuGeekDbContext db,
        HttpContext http,
        Invitation invitation,
        string url,
        Guid inviter,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (invitation.Email is not { Length: > 0 } email || !http.RequestServices.GetRequiredService<MailOutbox>().IsOn)
            return false;
        var since = now.AddHours(-1);
        if (await db.Invitations.CountAsync(i => i.Email != null && i.CreatedAt > since, cancellationToken) >= MailsPerHour)
            return false;
        var organization = await db.Organizations.Where(o => o.Id == invitation.OrgId).Select(o => o.Name).SingleAsync(cancellationToken);
        var name = await db.NameAsync(inviter, cancellationToken);
        AccountTrail.Post(
            db,
            http,
            new(MailKind.Invitation, email, AccountTrail.Language(http), AccountTrail.Origin(http))
            {
                Link = url,
                Organization = organization,
                InvitedBy = name,
            }
        );
        return true;
    }

    /// <summary>Revoke an invitation; its link stops working immediately</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        Guid invitation,
        GpuGeekDbContext db,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await db.Invitations.FirstOrDefaultAsync(i => i.Id == invitation, cancellationToken) is not { } row)
            return Problems.NotFound();
        if (row.AcceptedAt is not null)
            return Problems.Conflict("invitation_accepted", "The invitation was already accepted.", "Remove the member instead.");
        if (row.RevokedAt is not null)
            change.NoChange();
        row.RevokedAt ??= clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Get the content of an invitation</summary>
    private static async Task<Results<Ok<InvitationOfferResponse>, ProblemHttpResult>> LookAsync(
        InvitationTokenRequest request,
        IDbContexts contexts,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) =>
        await InvitationLookup.FindAsync(contexts, request.Token, clock.GetUtcNow(), cancellationToken) is { } invitation
            ? TypedResults.Ok(
                new InvitationOfferResponse(
                    invitation.OrgName,
                    invitation.OrgSlug,
                    invitation.Role,
                    invitation.InvitedBy,
                    invitation.ExpiresAt
                )
            )
            : InvitationLookup.Invalid();

    /// <summary>Accept an invitation and join the organisation</summary>
    private static async Task<Results<Ok<OrganizationResponse>, ProblemHttpResult>> AcceptAsync(
        InvitationTokenRequest request,
        HttpContext http,
        Caller caller,
        IDbContexts contexts,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (caller.IsKey)
            return Problems.Forbidden("session_needed", "API keys cannot join an organisation: sign in.");
        if (await InvitationLookup.FindAsync(contexts, request.Token, clock.GetUtcNow(), cancellationToken) is not { } invitation)
            return InvitationLookup.Invalid();
        await using var db = contexts.ForOrg(invitation.OrgId, caller.User);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Members.AnyAsync(m => m.OrgId == invitation.OrgId && m.UserId == caller.User, cancellationToken))
            return Problems.Conflict(
                "already_member",
                "You are already a member of this organisation.",
                "Send the link to the person it is meant for."
            );
        var user = await db.Users.SingleAsync(u => u.Id == caller.User, cancellationToken);
        if (!await InvitationLookup.AcceptAsync(db, invitation, user, http, cancellationToken))
            return InvitationLookup.Invalid();
        await transaction.CommitAsync(cancellationToken);
        var org = await db.Organizations.AsNoTracking().SingleAsync(o => o.Id == invitation.OrgId, cancellationToken);
        return TypedResults.Ok(new OrganizationResponse(org.Id, org.Slug, org.Name, org.PlanCode, invitation.Role, org.CreatedAt));
    }

    private static string State(Invitation invitation, DateTimeOffset now) =>
        invitation.AcceptedAt is not null ? "accepted"
        : invitation.RevokedAt is not null ? "revoked"
        : invitation.ExpiresAt <= now ? "expired"
        : "open";

    private static string Name(Role role) => role.ToString().ToLowerInvariant();
}
