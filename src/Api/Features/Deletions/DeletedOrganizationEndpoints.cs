using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Deletions;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Deletions;

/// <summary>A deleted organisation has no routes: its owners restore it through their accounts.</summary>
internal static class DeletedOrganizationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/account/deleted-organizations").WithTags("Deletions");
        group.MapGet("", ListAsync).SessionOnly().WithName("ListDeletedOrganizations");
        group.MapPost("/{organization:guid}/restore", RestoreAsync).SessionOnly().WithName("RestoreOrganization");
    }

    /// <summary>List deleted organisations that the caller, an owner, can still restore</summary>
    private static async Task<Ok<Page<DeletedOrganizationResponse>>> ListAsync(
        Caller caller,
        IDbContexts contexts,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForUser(caller.User);
        var items = new List<DeletedOrganizationResponse>();
        foreach (var org in await Owned(db, caller).ToListAsync(cancellationToken))
        {
            await using var inside = contexts.ForOrg(org.Id, caller.User);
            var now = clock.GetUtcNow();
            if (
                await inside
                    .Deletions.AsNoTracking()
                    .FirstOrDefaultAsync(d => d.Id == org.DeletionId && d.PurgeAt > now, cancellationToken) is
                { } deletion
            )
                items.Add(new(org.Id, org.Slug, org.Name, deletion.RequestedByName, deletion.RequestedAt, deletion.PurgeAt));
        }
        return TypedResults.Ok(new Page<DeletedOrganizationResponse>([.. items.OrderByDescending(i => i.RequestedAt)], null));
    }

    /// <summary>Restore a deleted organisation with everything that was deleted with it</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> RestoreAsync(
        Guid organization,
        HttpContext http,
        Caller caller,
        IDbContexts contexts,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await using var own = contexts.ForUser(caller.User);
        if (await Owned(own, caller).FirstOrDefaultAsync(o => o.Id == organization, cancellationToken) is not { DeletionId: { } id })
            return Problems.NotFound();
        await using var db = contexts.ForOrg(organization, caller.User);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Nothing was created in it since then, so no name can be taken.
        if (
            await Deletions.FindAsync(db, id, clock.GetUtcNow(), cancellationToken) is not { } deletion
            || !await Deletions.RestoreAsync(db, deletion, cancellationToken)
        )
            return Problems.NotFound();
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == caller.User, cancellationToken);
        db.AuditEntries.Add(
            AuditTrail.Entry(http, organization, user.Id, user.DisplayName, user.Email!, null, "organization.restore", "", null)
        );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        change.AfterCommit(() => live.DeploymentChangedAsync(organization, null));
        await change.RunAfterCommitAsync();
        return TypedResults.NoContent();
    }

    private static IQueryable<Organization> Owned(GpuGeekDbContext db, Caller caller) =>
        from member in db.Members
        join org in db.Organizations.IncludeDeleted() on member.OrgId equals org.Id
        where member.UserId == caller.User && member.Role == Role.Owner && org.DeletionId != null
        select org;
}
