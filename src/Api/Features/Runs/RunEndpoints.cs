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
        ProbeEndpoint.Map(group);
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
        var (asked, problem) = await RunRequest.ReadAsync(db, store, request, cancellationToken);
        if (asked is not { Recipe: var recipe })
            return problem!;
        var now = clock.GetUtcNow();
        await PlanGate.CheckRunAsync(db, tenant.OrgId, now, cancellationToken);
        var run = new Run
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            ProjectId = asked.Project.Id,
            DatasetVersionId = request.DatasetVersion,
            DatasetName = asked.DatasetName,
            DatasetVersionNumber = asked.VersionNumber,
            Recipe = recipe,
            StartHash = asked.Start?.Hash,
            Device = request.Device,
            CreatedBy = tenant.UserId,
            CreatedAt = now,
            TraceParent = TraceParent.Current,
            Name =
                request.Name?.Trim()
                ?? $"{ModelCatalog.All[recipe.Model.Architecture].Title} {recipe.Preset} "
                    + $"{1 + await db.Runs.CountAsync(r => r.ProjectId == asked.Project.Id, cancellationToken)}",
        };
        await DeviceWait.SayAsync(db, run, now, cancellationToken);
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
