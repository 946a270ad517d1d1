using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Tenants;

internal static class MemberEndpoints
{
    public static void MapMembers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/members").WithTags("Members");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.OrgAdmin).WithName("ListMembers");
        group.MapGet("/{user:guid}", GetAsync).Needs(Role.Viewer, Scopes.OrgAdmin).WithName("GetMember");
        group.MapPatch("/{user:guid}", UpdateAsync).Needs(Role.Admin, null).WithName("UpdateMember");
        // Every member can leave; the handler requires an admin to remove somebody else.
        group.MapDelete("/{user:guid}", RemoveAsync).Needs(Role.Viewer, null).WithName("RemoveMember");
    }

    /// <summary>List the members of the organisation</summary>
    private static async Task<Ok<Page<MemberResponse>>> ListAsync(
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(new Page<MemberResponse>(await ReadAsync(db, tenant, null, cancellationToken), null));

    /// <summary>Get a member</summary>
    private static async Task<Results<Ok<MemberResponse>, ProblemHttpResult>> GetAsync(
        Guid user,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) => await ReadAsync(db, tenant, user, cancellationToken) is [var member] ? TypedResults.Ok(member) : Problems.NotFound();

    /// <summary>Change the role of a member</summary>
    private static async Task<Results<Ok<MemberResponse>, ProblemHttpResult>> UpdateAsync(
        Guid user,
        UpdateMemberRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        CancellationToken cancellationToken
    )
    {
        var members = await LockedAsync(db, tenant, cancellationToken);
        if (members.Find(m => m.UserId == user) is not { } member)
            return Problems.NotFound();
        var role = Enum.Parse<Role>(request.Role, ignoreCase: true);
        if ((role == Role.Owner || member.Role == Role.Owner) && tenant.Role < Role.Owner)
            return OwnersOnly();
        if (member.Role == Role.Owner && role < Role.Owner && IsLastOwner(members, member))
            return LastOwner();
        if (member.Role == role)
            change.NoChange();
        member.Role = role;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok((await ReadAsync(db, tenant, user, cancellationToken)).Single());
    }

    /// <summary>Remove a member, or leave; it takes effect immediately, and the keys that the person created here are revoked</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        Guid user,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (user != tenant.UserId && tenant.Role < Role.Admin)
            return Problems.Forbidden("role_too_small", "This needs the role 'admin'.", "Ask an admin or owner of the organisation.");
        var members = await LockedAsync(db, tenant, cancellationToken);
        if (members.Find(m => m.UserId == user) is not { } member)
        {
            change.NoChange();
            return TypedResults.NoContent();
        }
        if (member.Role == Role.Owner && tenant.Role < Role.Owner)
            return OwnersOnly();
        if (IsLastOwner(members, member))
            return LastOwner();
        var now = clock.GetUtcNow();
        await db
            .Tokens.Where(t => t.OrgId == tenant.OrgId && t.UserId == user && t.Kind == TokenKind.ApiKey && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), cancellationToken);
        // Read the person's data before they lose membership.
        change.Describe((await ReadAsync(db, tenant, user, cancellationToken)).Single());
        db.Members.Remove(member);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<List<MemberResponse>> ReadAsync(
        GpuGeekDbContext db,
        Tenant tenant,
        Guid? one,
        CancellationToken cancellationToken
    )
    {
        var rows = await (
            from member in db.Members
            join user in db.Users on member.UserId equals user.Id
            where member.OrgId == tenant.OrgId && (one == null || member.UserId == one)
            orderby member.JoinedAt
            select new
            {
                member,
                user.DisplayName,
                user.Email,
            }
        )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(r => new MemberResponse(
                r.member.UserId,
                r.DisplayName,
                r.Email!,
                r.member.Role.ToString().ToLowerInvariant(),
                r.member.JoinedAt
            )),
        ];
    }

    /// <summary>Locks all members until the transaction ends: if two owners leave at once, one stays.</summary>
    private static Task<List<Member>> LockedAsync(GpuGeekDbContext db, Tenant tenant, CancellationToken cancellationToken) =>
        db
            .Members.FromSql($"SELECT * FROM members WHERE org_id = {tenant.OrgId} ORDER BY user_id FOR UPDATE")
            .ToListAsync(cancellationToken);

    private static bool IsLastOwner(List<Member> members, Member member) =>
        member.Role == Role.Owner && members.Count(m => m.Role == Role.Owner) == 1;

    private static ProblemHttpResult LastOwner() =>
        Problems.Conflict("last_owner", "An organisation needs at least one owner.", "Make another member an owner first.");

    private static ProblemHttpResult OwnersOnly() =>
        Problems.Forbidden("role_too_small", "Only an owner can add, change or remove owners.", "Ask an owner of the organisation.");
}
