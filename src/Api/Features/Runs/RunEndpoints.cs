using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Runs;

internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        ArchitectureEndpoints.Map(routes);
        var group = routes.MapOrg("/runs").WithTags("Runs");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.RunsRead).WithName("ListRuns");
        group.MapPost("", CreateAsync).Needs(Role.Editor, Scopes.RunsWrite).Idempotent().WithName("CreateRun");
        group.MapGet("/{run:guid}", GetAsync).Needs(Role.Viewer, Scopes.RunsRead).WithName("GetRun");
        group.MapPost("/{run:guid}/cancel", CancelAsync).Needs(Role.Editor, Scopes.RunsWrite).WithName("CancelRun");
        RunChangeEndpoints.Map(group);
        MetricEndpoints.Map(group);
    }

    /// <summary>List runs, newest first; <c>?project=</c> filters</summary>
    private static async Task<Ok<Page<RunResponse>>> ListAsync(
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? project = null,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await RunReader.ReadAsync(
            db,
            db.Runs.Where(r =>
                    (last == null || r.Id < last) && (project == null || db.Projects.Any(p => p.Id == r.ProjectId && p.Slug == project))
                )
                .OrderByDescending(r => r.Id)
                .Take(size + 1),
            cancellationToken
        );
        return TypedResults.Ok(Paging.Of(rows, size, r => r.Id.ToString(), r => r));
    }

    /// <summary>Start a run</summary>
    private static async Task<Results<Created<RunResponse>, ProblemHttpResult>> CreateAsync(
        CreateRunRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        if (await db.Projects.FirstOrDefaultAsync(p => p.Slug == request.Project, cancellationToken) is not { } project)
            return Problems.Impossible("unknown_project", $"There is no project '{request.Project}'.", "GET …/projects lists them.");
        var known = await (
            from version in db.DatasetVersions
            join dataset in db.Datasets on version.DatasetId equals dataset.Id
            where version.Id == request.DatasetVersion && dataset.ProjectId == project.Id
            select new { dataset.Name, version.Number }
        ).FirstOrDefaultAsync(cancellationToken);
        if (known is null)
            return Problems.Impossible(
                "unknown_dataset_version",
                "The project does not have this dataset version.",
                "Create one: POST …/datasets/{dataset}/versions."
            );
        var own = await OwnRecipes.BasisAsync(db, request.Recipe, cancellationToken);
        var (start, problem) = await RunStart.FindAsync(db, project.Id, request.Recipe, own, cancellationToken);
        if (problem is not null)
            return problem;
        var recipe = RecipePresets.Resolve(
            start is null ? request.Recipe : RecipePresets.WithoutStart(request.Recipe).With("model.architecture", start.Architecture),
            own,
            await VersionFacts.FindAsync(db, request.DatasetVersion, cancellationToken)
        );
        if (start is not null)
            recipe = recipe with { Transfer = recipe.Transfer with { Start = start.Start } };
        var needs = DiskSpace.RunBytes(recipe.Model.Architecture);
        if (store.FreeBytes is { } free && free < needs)
            return Problems.Impossible(
                "disk_full",
                $"The run needs {needs / 1e9:0.0} GB of disk space for checkpoints and result, but only {free / 1e9:0.0} GB are free.",
                "Free some disk space on the server, or choose a smaller architecture."
            );
        if (await ArchitectureEndpoints.RefuseAbsentWeightsAsync(db, recipe, cancellationToken) is { } absent)
            return absent;
        var now = clock.GetUtcNow();
        await PlanGate.CheckRunAsync(db, tenant.OrgId, now, cancellationToken);
        var run = new Run
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            ProjectId = project.Id,
            DatasetVersionId = request.DatasetVersion,
            DatasetName = known.Name,
            DatasetVersionNumber = known.Number,
            Recipe = recipe,
            StartHash = start?.Hash,
            CreatedBy = tenant.UserId,
            CreatedAt = now,
            TraceParent = TraceParent.Current,
            Name =
                request.Name?.Trim()
                ?? $"{ModelCatalog.All[recipe.Model.Architecture].Title} {recipe.Preset} "
                    + $"{1 + await db.Runs.CountAsync(r => r.ProjectId == project.Id, cancellationToken)}",
        };
        db.Runs.Add(run);
        db.RunLeases.Add(new() { OrgId = run.OrgId, RunId = run.Id });
        await db.SaveChangesAsync(cancellationToken);
        change.AfterCommit(live.RunQueuedAsync);
        change.AfterCommit(() => live.RunChangedAsync(run.OrgId, run.Id));
        return TypedResults.Created($"/api/v1/orgs/{tenant.Slug}/runs/{run.Id}", await ReadAsync(db, run.Id, cancellationToken));
    }

    /// <summary>Get a run; <c>?wait=30</c> waits for its end</summary>
    private static async Task<Results<Ok<RunResponse>, ProblemHttpResult>> GetAsync(
        Guid run,
        GpuGeekDbContext db,
        LongPoll poll,
        CancellationToken cancellationToken,
        int? wait = null
    ) =>
        await poll.UntilAsync(wait, run, token => ReadAsync(db, run, token), r => r.FinishedAt is not null, cancellationToken)
            is { } response
            ? TypedResults.Ok(response)
            : Problems.NotFound();

    /// <summary>Cancel a run; time saved in a checkpoint is charged, the rest is not</summary>
    private static async Task<Results<Ok<RunResponse>, ProblemHttpResult>> CancelAsync(
        Guid run,
        GpuGeekDbContext db,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await RunCancellation.RequestAsync(db, db.Runs.Where(r => r.Id == run), clock.GetUtcNow(), cancellationToken) is not [var row])
            return Problems.NotFound();
        change.AfterCommit(() => live.RunChangedAsync(row.OrgId, row.Id));
        return TypedResults.Ok((await ReadAsync(db, run, cancellationToken))!);
    }

    private static async Task<RunResponse?> ReadAsync(GpuGeekDbContext db, Guid run, CancellationToken cancellationToken) =>
        (await RunReader.ReadAsync(db, db.Runs.Where(r => r.Id == run), cancellationToken)).FirstOrDefault();
}
