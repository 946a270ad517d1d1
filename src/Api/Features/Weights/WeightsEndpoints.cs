using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Weights;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Weights;

internal static class WeightsEndpoints
{
    public static void MapWeights(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/weights").WithTags("Weights");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("ListWeights");
        group.MapPost("", CreateAsync).Needs(Role.Editor, Scopes.ModelsWrite).Idempotent().WithName("CreateWeights");
        group.MapGet("/{weights:guid}", GetAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("GetWeights");
        group.MapPost("/{weights:guid}/retry", RetryAsync).Needs(Role.Editor, Scopes.ModelsWrite).Idempotent().WithName("RetryWeights");
        group.MapDelete("/{weights:guid}", DeleteAsync).Needs(Role.Editor, Scopes.ModelsWrite).WithName("DeleteWeights");
        WeightsUpload.Map(group);
    }

    /// <summary>List uploaded weights, newest first; <c>?project=</c> filters</summary>
    private static async Task<Ok<Page<WeightsResponse>>> ListAsync(
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? project = null,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await (
            from w in db.UploadedWeights.AsNoTracking()
            join p in db.Projects on w.ProjectId equals p.Id
            where (last == null || w.Id < last) && (project == null || p.Slug == project)
            orderby w.Id descending
            select new WeightsOfProject(w, p.Slug, db.Jobs.FirstOrDefault(j => j.Id == w.Id))
        )
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, r => r.File.Id.ToString(), r => r.ToResponse(tenant.Slug)));
    }

    /// <summary>Request the upload of a weights file</summary>
    /// <remarks>PUT the bytes to <c>uploadUrl</c>. A separate process reads the file and executes nothing in it. The report then says
    /// what the file contains and how it fits. Supported: PyTorch state_dicts, safetensors, and ONNX files and weights of GpuGeek
    /// models.</remarks>
    private static async Task<Results<Created<WeightsResponse>, ProblemHttpResult>> CreateAsync(
        CreateWeightsRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        if (await db.Projects.FirstOrDefaultAsync(p => p.Slug == request.Project, cancellationToken) is not { } project)
            return Problems.Impossible("unknown_project", $"There is no project '{request.Project}'.", "GET …/projects lists them.");
        if (request.Architecture is { } asked && !ModelCatalog.All.ContainsKey(asked))
            return Problems.Impossible(
                "unknown_architecture",
                $"There is no architecture named '{asked}'.",
                "GET /api/v1/architectures lists them."
            );
        await PlanGate.CheckStorageAsync(db, tenant.OrgId, request.Size, 0, cancellationToken);
        CheckDisk(store, request.Size);
        var now = clock.GetUtcNow();
        var row = new UploadedWeights
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            ProjectId = project.Id,
            FileName = request.Name.Trim(),
            Size = request.Size,
            Asked = request.Architecture,
            CreatedBy = tenant.UserId,
            CreatedAt = now,
        };
        db.UploadedWeights.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created(
            WeightsMapping.Address(tenant.Slug, row.Id),
            new WeightsOfProject(row, project.Slug, null).ToResponse(tenant.Slug)
        );
    }

    /// <summary>Get a weights file with its report; <c>?wait=30</c> waits until it was read</summary>
    private static async Task<Results<Ok<WeightsResponse>, ProblemHttpResult>> GetAsync(
        Guid weights,
        Tenant tenant,
        GpuGeekDbContext db,
        LongPoll poll,
        CancellationToken cancellationToken,
        int? wait = null
    ) =>
        await poll.UntilAsync(wait, weights, token => FindAsync(db, weights, token), found => found.IsFinished, cancellationToken)
            is { } found
            ? TypedResults.Ok(found.ToResponse(tenant.Slug))
            : Problems.NotFound();

    /// <summary>Retry a weights file whose reading was interrupted too often; its bytes were kept</summary>
    /// <remarks>Possible until <c>retryUntil</c>, 7 days after the failure. Any other file returns
    /// <c>weights_not_retryable</c>.</remarks>
    private static async Task<Results<Ok<WeightsResponse>, ProblemHttpResult>> RetryAsync(
        Guid weights,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(db, weights, cancellationToken) is null)
            return Problems.NotFound();
        if (!await JobChanges.RetryAsync(db, store, tenant.OrgId, weights, clock.GetUtcNow(), cancellationToken))
            return Problems.Conflict(
                "weights_not_retryable",
                "The file cannot be retried: only a file whose reading was interrupted too often can, for 7 days.",
                "Upload the file again."
            );
        change.AfterCommit(live.JobQueuedAsync);
        return TypedResults.Ok((await FindAsync(db, weights, cancellationToken))!.ToResponse(tenant.Slug));
    }

    /// <summary>Delete a weights file; runs that started from it keep what they need</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid weights,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        Change change,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(db, weights, cancellationToken) is not { } found)
            return Problems.NotFound();
        change.Describe(new { name = found.File.FileName });
        await db.UploadedWeights.Where(w => w.Id == weights).ExecuteDeleteAsync(cancellationToken);
        // A worker that is reading the file finds that its job is gone, and stops.
        await db.Jobs.Where(j => j.Id == weights).ExecuteDeleteAsync(cancellationToken);
        // The janitor deletes the content later: a run may refer to it.
        change.AfterCommit(() => store.DeleteAsync(ObjectKeys.Upload(tenant.OrgId, weights), CancellationToken.None));
        return TypedResults.NoContent();
    }

    /// <exception cref="DomainException">The disk has no space for the upload and the worker's copy of it.</exception>
    public static void CheckDisk(IObjectStore store, long bytes)
    {
        if (store.FreeBytes is not { } free || free >= 2 * bytes)
            return;
        var detail = $"The file needs {2 * bytes / 1e9:0.0} GB of disk space, but only {free / 1e9:0.0} GB are free.";
        throw new DomainException("disk_full", detail, "Free some disk space on the server.");
    }

    /// <summary>The weights file, if its project is not deleted.</summary>
    public static Task<WeightsOfProject?> FindAsync(GpuGeekDbContext db, Guid weights, CancellationToken cancellationToken) =>
        (
            from w in db.UploadedWeights.AsNoTracking()
            join p in db.Projects on w.ProjectId equals p.Id
            where w.Id == weights
            select new WeightsOfProject(w, p.Slug, db.Jobs.FirstOrDefault(j => j.Id == w.Id))
        ).FirstOrDefaultAsync(cancellationToken);
}
