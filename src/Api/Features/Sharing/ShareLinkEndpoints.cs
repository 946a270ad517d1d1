using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Runs;
using GpuGeek.Contracts.Sharing;
using GpuGeek.Domain.Sharing;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Sharing;

/// <summary>Only people create and revoke links: a program must not decide what is visible outside the organisation, so no scope of a key
/// allows it.</summary>
internal static class ShareLinkEndpoints
{
    public static void MapSharing(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/projects/{project}/share-links").WithTags("Sharing");
        group.MapGet("", ListAsync).Needs(Role.Viewer, null).WithName("ListShareLinks");
        group.MapPost("", CreateAsync).Needs(Role.Editor, null).Idempotent().WithName("CreateShareLink");
        group.MapDelete("/{link:guid}", RevokeAsync).Needs(Role.Editor, null).WithName("RevokeShareLink");
        SharedEndpoint.Map(routes);
    }

    /// <summary>List the share links of a project, newest first</summary>
    /// <remarks>Filters: <c>run</c> (id), or <c>model</c> (name) with <c>version</c> (number).</remarks>
    private static async Task<Results<Ok<Page<ShareLinkResponse>>, ProblemHttpResult>> ListAsync(
        string project,
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken,
        Guid? run = null,
        string? model = null,
        int? version = null,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        if (await ProjectAsync(db, project, cancellationToken) is not { } id)
            return Problems.NotFound();
        var rows = await (
            from link in db.ShareLinks
            where
                link.ProjectId == id
                && (last == null || link.Id < last)
                && (run == null || link.RunId == run)
                && (
                    model == null
                    || db.ModelVersions.Any(v =>
                        v.Id == link.ModelVersionId
                        && (version == null || v.Number == version)
                        && db.Models.Any(m => m.Id == v.ModelId && m.Name == model)
                    )
                )
            orderby link.Id descending
            // The creator may have left: the link still works, but the name must no longer be shown.
            select new { link, By = db.Users.Where(u => u.Id == link.CreatedBy).Select(u => u.DisplayName).FirstOrDefault() }
        )
            .AsNoTracking()
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        var names = await SubjectNames.ReadAsync(
            db,
            rows.Select(r => r.link.RunId),
            [],
            rows.Select(r => r.link.ModelVersionId),
            cancellationToken
        );
        var now = clock.GetUtcNow();
        return TypedResults.Ok(
            Paging.Of(
                rows,
                size,
                r => r.link.Id.ToString(),
                r => new ShareLinkResponse(
                    r.link.Id,
                    State(r.link, now),
                    r.link.RunId,
                    r.link.ModelVersionId is { } m ? names.ModelVersions.GetValueOrDefault(m) : null,
                    names.Of(r.link.RunId, null, r.link.ModelVersionId),
                    r.By ?? "",
                    r.link.CreatedAt,
                    r.link.ExpiresAt,
                    r.link.LastOpenedAt
                )
            )
        );
    }

    /// <summary>Create a read-only share link to a run or a model version; it is shown only once</summary>
    private static async Task<Results<Created<CreatedShareLinkResponse>, ProblemHttpResult>> CreateAsync(
        string project,
        CreateShareLinkRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await ProjectAsync(db, project, cancellationToken) is not { } projectId)
            return Problems.NotFound();
        var wantsModel = request is { Model: not null, Version: not null };
        if (request.Run is null != wantsModel || (request.Run is not null && (request.Model ?? (object?)request.Version) is not null))
            return Problems.Impossible(
                "share_subject",
                "A share link needs one run or one model version.",
                "Send 'run', or 'model' with 'version'."
            );
        if (request.Run is { } run && !await db.Runs.AnyAsync(r => r.Id == run && r.ProjectId == projectId, cancellationToken))
            return Problems.Impossible("unknown_run", "The project does not have this run.", "GET …/runs lists them.");
        var version = wantsModel ? await VersionAsync(db, projectId, request.Model!, request.Version!.Value, cancellationToken) : null;
        if (wantsModel && version is null)
            return Problems.Impossible(
                "unknown_model_version",
                "The project does not have this model version.",
                "GET …/models/{model}/versions lists them."
            );
        var now = clock.GetUtcNow();
        // Two requests at once would both find room for one more.
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        await PlanGate.CheckShareLinkAsync(db, tenant.OrgId, projectId, now, cancellationToken);
        var token = TokenFormat.Create(TokenKind.ShareLink);
        var link = new ShareLink
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            ProjectId = projectId,
            Hash = TokenFormat.Hash(token),
            RunId = request.Run,
            ModelVersionId = version,
            CreatedBy = tenant.UserId,
            CreatedAt = now,
            ExpiresAt = now.AddDays(request.Days),
        };
        db.ShareLinks.Add(link);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created(
            $"/api/v1/orgs/{tenant.Slug}/projects/{project}/share-links/{link.Id}",
            new CreatedShareLinkResponse(
                link.Id,
                $"{options.Value.PublicUrl}/shared#{token}",
                link.RunId,
                version is null ? null : new ModelVersionRef(request.Model!, request.Version!.Value),
                now,
                link.ExpiresAt
            )
        );
    }

    /// <summary>Revoke a share link; it stops working immediately</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        string project,
        Guid link,
        GpuGeekDbContext db,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (
            await ProjectAsync(db, project, cancellationToken) is not { } id
            || await db.ShareLinks.FirstOrDefaultAsync(l => l.Id == link && l.ProjectId == id, cancellationToken) is not { } row
        )
            return Problems.NotFound();
        if (row.RevokedAt is not null)
            change.NoChange();
        row.RevokedAt ??= clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static Task<Guid?> ProjectAsync(GpuGeekDbContext db, string slug, CancellationToken cancellationToken) =>
        db.Projects.Where(p => p.Slug == slug).Select(p => (Guid?)p.Id).FirstOrDefaultAsync(cancellationToken);

    private static Task<Guid?> VersionAsync(
        GpuGeekDbContext db,
        Guid project,
        string model,
        int version,
        CancellationToken cancellationToken
    ) =>
        (
            from v in db.ModelVersions
            join m in db.Models on v.ModelId equals m.Id
            where m.ProjectId == project && m.Name == model && v.Number == version
            select (Guid?)v.Id
        ).FirstOrDefaultAsync(cancellationToken);

    private static string State(ShareLink link, DateTimeOffset now) =>
        link.RevokedAt is not null ? "revoked"
        : link.ExpiresAt <= now ? "expired"
        : "live";
}
