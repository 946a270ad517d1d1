using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Contracts.Comments;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Comments;

/// <summary>Comments on runs, dataset versions and models, each under the scope of its subject.</summary>
internal static class CommentLists
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var runs = routes.MapOrg("/runs/{run:guid}/comments").WithTags("Comments");
        runs.MapGet("", ListOfRunAsync).Needs(Role.Viewer, Scopes.RunsRead).WithName("ListRunComments");
        runs.MapPost("", CreateOnRunAsync).Needs(Role.Viewer, Scopes.RunsWrite).Idempotent().WithName("CreateRunComment");
        var versions = routes.MapOrg("/datasets/{dataset:guid}/versions/{version:guid}/comments").WithTags("Comments");
        versions.MapGet("", ListOfVersionAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("ListVersionComments");
        versions.MapPost("", CreateOnVersionAsync).Needs(Role.Viewer, Scopes.DatasetsWrite).Idempotent().WithName("CreateVersionComment");
        var models = routes.MapOrg("/models/{model}/versions/{version:int}/comments").WithTags("Comments");
        models.MapGet("", ListOfModelAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("ListModelComments");
        models.MapPost("", CreateOnModelAsync).Needs(Role.Viewer, Scopes.ModelsWrite).Idempotent().WithName("CreateModelComment");
    }

    /// <summary>List the comments on a run, newest first</summary>
    private static async Task<Results<Ok<Page<CommentResponse>>, ProblemHttpResult>> ListOfRunAsync(
        Guid run,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    ) => await ListAsync(db, await RunAsync(db, run, cancellationToken), after, limit, cancellationToken);

    /// <summary>List the comments on a dataset version, newest first</summary>
    private static async Task<Results<Ok<Page<CommentResponse>>, ProblemHttpResult>> ListOfVersionAsync(
        Guid dataset,
        Guid version,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    ) => await ListAsync(db, await VersionAsync(db, dataset, version, cancellationToken), after, limit, cancellationToken);

    /// <summary>List the comments on a model version, newest first</summary>
    private static async Task<Results<Ok<Page<CommentResponse>>, ProblemHttpResult>> ListOfModelAsync(
        string model,
        int version,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    ) => await ListAsync(db, await ModelAsync(db, model, version, cancellationToken), after, limit, cancellationToken);

    /// <summary>Comment on a run</summary>
    private static async Task<Results<Created<CommentResponse>, ProblemHttpResult>> CreateOnRunAsync(
        Guid run,
        CreateCommentRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) => await CreateAsync(request, await RunAsync(db, run, cancellationToken), tenant, db, change, clock, cancellationToken);

    /// <summary>Comment on a dataset version</summary>
    private static async Task<Results<Created<CommentResponse>, ProblemHttpResult>> CreateOnVersionAsync(
        Guid dataset,
        Guid version,
        CreateCommentRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) =>
        await CreateAsync(
            request,
            await VersionAsync(db, dataset, version, cancellationToken),
            tenant,
            db,
            change,
            clock,
            cancellationToken
        );

    /// <summary>Comment on a model version</summary>
    private static async Task<Results<Created<CommentResponse>, ProblemHttpResult>> CreateOnModelAsync(
        string model,
        int version,
        CreateCommentRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) => await CreateAsync(request, await ModelAsync(db, model, version, cancellationToken), tenant, db, change, clock, cancellationToken);

    private static async Task<Results<Ok<Page<CommentResponse>>, ProblemHttpResult>> ListAsync(
        GpuGeekDbContext db,
        CommentSubject? subject,
        string? after,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        if (subject is null)
            return Problems.NotFound();
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await db
            .Comments.AsNoTracking()
            .Where(c =>
                c.RunId == subject.Run
                && c.DatasetVersionId == subject.DatasetVersion
                && c.ModelVersionId == subject.ModelVersion
                && (last == null || c.Id < last)
            )
            .OrderByDescending(c => c.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, c => c.Id.ToString(), CommentMapping.ToResponse));
    }

    private static async Task<Results<Created<CommentResponse>, ProblemHttpResult>> CreateAsync(
        CreateCommentRequest request,
        CommentSubject? subject,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (subject is null)
            return Problems.NotFound();
        var comment = await CommentWriter.AddAsync(db, tenant, subject, request.Text, change, clock.GetUtcNow(), cancellationToken);
        return TypedResults.Created($"/api/v1/orgs/{tenant.Slug}/comments/{comment.Id}", comment.ToResponse());
    }

    private static Task<CommentSubject?> RunAsync(GpuGeekDbContext db, Guid run, CancellationToken cancellationToken) =>
        db
            .Runs.Where(r => r.Id == run)
            .Select(r => new CommentSubject(r.ProjectId, r.Id, null, null))
            .FirstOrDefaultAsync(cancellationToken);

    private static Task<CommentSubject?> VersionAsync(
        GpuGeekDbContext db,
        Guid dataset,
        Guid version,
        CancellationToken cancellationToken
    ) =>
        (
            from v in db.DatasetVersions
            join d in db.Datasets on v.DatasetId equals d.Id
            where d.Id == dataset && v.Id == version
            select new CommentSubject(d.ProjectId, null, v.Id, null)
        ).FirstOrDefaultAsync(cancellationToken);

    private static Task<CommentSubject?> ModelAsync(GpuGeekDbContext db, string model, int version, CancellationToken cancellationToken) =>
        (
            from v in db.ModelVersions
            join m in db.Models on v.ModelId equals m.Id
            where m.Name == model && v.Number == version
            select new CommentSubject(m.ProjectId, null, null, v.Id)
        ).FirstOrDefaultAsync(cancellationToken);
}
