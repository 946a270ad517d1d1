using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Deletions;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Deletions;

internal static class DeletionEndpoints
{
    public static void MapDeletions(this IEndpointRouteBuilder routes)
    {
        var org = routes.MapOrg().WithTags("Deletions");
        org.MapGet("/datasets/{dataset:guid}/deletion", PreviewDatasetAsync).Needs(Role.Owner, null).WithName("PreviewDatasetDeletion");
        org.MapDelete("/datasets/{dataset:guid}", DeleteDatasetAsync).Needs(Role.Owner, null).WithName("DeleteDataset");
        org.MapGet("/projects/{project}/deletion", PreviewProjectAsync).Needs(Role.Owner, null).WithName("PreviewProjectDeletion");
        org.MapDelete("/projects/{project}", DeleteProjectAsync).Needs(Role.Owner, null).WithName("DeleteProject");
        org.MapGet("/deletion", PreviewOrganizationAsync).Needs(Role.Owner, null).WithName("PreviewOrganizationDeletion");
        org.MapDelete("", DeleteOrganizationAsync).Needs(Role.Owner, null).WithName("DeleteOrganization");
        org.MapGet("/deletions", ListAsync).Needs(Role.Viewer, Scopes.OrgAdmin).WithName("ListDeletions");
        org.MapPost("/deletions/{deletion:guid}/restore", RestoreAsync).Needs(Role.Owner, null).WithName("RestoreDeletion");
        DeletedOrganizationEndpoints.Map(routes);
    }

    /// <summary>Preview the deletion of a dataset</summary>
    private static async Task<Results<Ok<DeletionPreviewResponse>, ProblemHttpResult>> PreviewDatasetAsync(
        Guid dataset,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await db.Datasets.AsNoTracking().FirstOrDefaultAsync(d => d.Id == dataset, cancellationToken) is { } row
            ? TypedResults.Ok(await DeletionPreviews.ReadAsync(db, DeletionScope.Of(db, row), cancellationToken))
            : Problems.NotFound();

    /// <summary>Delete a dataset with its pictures and versions</summary>
    /// <remarks>The dataset is hidden immediately and can be restored for seven days. After that, its rows and files are deleted
    /// permanently. Finished runs on it stay, with their models; running ones are cancelled.</remarks>
    private static async Task<NoContent> DeleteDatasetAsync(
        Guid dataset,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        ILiveNotifier live,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        var row = await db.Datasets.AsNoTracking().FirstOrDefaultAsync(d => d.Id == dataset, cancellationToken);
        return await DeleteAsync(row is null ? null : DeletionScope.Of(db, row), tenant, db, change, live, clock, cancellationToken);
    }

    /// <summary>Preview the deletion of a project</summary>
    private static async Task<Results<Ok<DeletionPreviewResponse>, ProblemHttpResult>> PreviewProjectAsync(
        string project,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Slug == project, cancellationToken) is { } row
            ? TypedResults.Ok(await DeletionPreviews.ReadAsync(db, DeletionScope.Of(db, row), cancellationToken))
            : Problems.NotFound();

    /// <summary>Delete a project with its datasets, runs, models and deployments</summary>
    /// <remarks>The project is hidden immediately, its endpoints stop answering, its runs are cancelled, and it can be restored for seven
    /// days. After that, its rows and files are deleted permanently. The cost of its runs stays on the bill.</remarks>
    private static async Task<NoContent> DeleteProjectAsync(
        string project,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        ILiveNotifier live,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        var row = await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Slug == project, cancellationToken);
        return await DeleteAsync(row is null ? null : DeletionScope.Of(db, row), tenant, db, change, live, clock, cancellationToken);
    }

    /// <summary>Preview the deletion of the organisation</summary>
    private static async Task<Results<Ok<DeletionPreviewResponse>, ProblemHttpResult>> PreviewOrganizationAsync(
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await OrganizationAsync(tenant, db, cancellationToken) is { } doomed
            ? TypedResults.Ok(await DeletionPreviews.ReadAsync(db, doomed, cancellationToken))
            : Problems.NotFound();

    /// <summary>Delete the organisation with everything in it</summary>
    /// <remarks>Nobody can access it any more, and its keys stop working immediately. Its owners can restore it for seven days (<c>GET
    /// /account/deleted-organizations</c>). After that it is deleted permanently, with its audit log and bills.</remarks>
    private static async Task<NoContent> DeleteOrganizationAsync(
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        ILiveNotifier live,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        return await DeleteAsync(
            await OrganizationAsync(tenant, db, cancellationToken),
            tenant,
            db,
            change,
            live,
            clock,
            cancellationToken
        );
    }

    /// <summary>List deleted items that can still be restored, newest first</summary>
    private static async Task<Ok<Page<DeletionResponse>>> ListAsync(
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var now = clock.GetUtcNow();
        var rows = await db
            .Deletions.AsNoTracking()
            .Where(d => d.PurgeAt > now && (last == null || d.Id < last))
            .OrderByDescending(d => d.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, d => d.Id.ToString(), d => d.ToResponse()));
    }

    /// <summary>Restore a deleted item with everything that was deleted with it; endpoints answer again, cancelled runs stay
    /// cancelled</summary>
    private static async Task<Results<Ok<DeletionResponse>, ProblemHttpResult>> RestoreAsync(
        Guid deletion,
        GpuGeekDbContext db,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await Deletions.FindAsync(db, deletion, clock.GetUtcNow(), cancellationToken) is not { } row)
            return Problems.NotFound();
        if (
            row.Kind == DeletionKind.Dataset
            && await db
                .Datasets.IncludeDeleted()
                .AnyAsync(d => d.Id == row.TargetId && db.Projects.Any(p => p.Id == d.ProjectId && p.DeletionId != null), cancellationToken)
        )
            return Problems.Conflict("project_deleted", "The dataset's project has been deleted too.", "Restore the project first.");
        if (!await Deletions.RestoreAsync(db, row, cancellationToken))
            return Problems.Conflict(
                "name_taken",
                $"A newer item has the name of '{row.Name}' or of one of its endpoints.",
                "Rename or delete that item, then restore this one."
            );
        change.Describe(new { Kind = row.Kind.ToString(), row.Name });
        return TypedResults.Ok(row.ToResponse());
    }

    private static async Task<NoContent> DeleteAsync(
        DeletionScope? doomed,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        ILiveNotifier live,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (doomed is null)
        {
            change.NoChange();
            return TypedResults.NoContent();
        }
        change.Describe(await DeletionPreviews.ReadAsync(db, doomed, cancellationToken));
        var canceled = await Deletions.HideAsync(db, doomed, tenant, clock.GetUtcNow(), cancellationToken);
        foreach (var run in canceled)
            change.AfterCommit(() => live.RunChangedAsync(run.OrgId, run.Id));
        change.AfterCommit(() => live.DeploymentChangedAsync(tenant.OrgId, null));
        return TypedResults.NoContent();
    }

    // Null if another request has deleted it since this request was authorised.
    private static async Task<DeletionScope?> OrganizationAsync(Tenant tenant, GpuGeekDbContext db, CancellationToken cancellationToken) =>
        await db.Organizations.Where(o => o.Id == tenant.OrgId).Select(o => o.Name).SingleOrDefaultAsync(cancellationToken) is { } name
            ? DeletionScope.OfOrganization(db, tenant.OrgId, name)
            : null;
}
