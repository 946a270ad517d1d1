using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Runs;

internal static class RunChangeEndpoints
{
    public static void Map(RouteGroupBuilder runs)
    {
        runs.MapPatch("/{run:guid}", UpdateAsync).Needs(Role.Editor, Scopes.RunsWrite).WithName("UpdateRun");
        runs.MapPost("/{run:guid}/resume", ResumeAsync).Needs(Role.Editor, Scopes.RunsWrite).Idempotent().WithName("ResumeRun");
        runs.MapDelete("/{run:guid}", DeleteAsync).Needs(Role.Owner, null).WithName("DeleteRun");
    }

    /// <summary>Rename a run</summary>
    private static async Task<Results<Ok<RunResponse>, ProblemHttpResult>> UpdateAsync(
        Guid run,
        UpdateRunRequest request,
        GpuGeekDbContext db,
        ILiveNotifier live,
        Change change,
        CancellationToken cancellationToken
    )
    {
        await LockAsync(db, run, cancellationToken);
        if (await db.Runs.FirstOrDefaultAsync(r => r.Id == run, cancellationToken) is not { } row)
            return Problems.NotFound();
        row.Name = request.Name?.Trim() ?? row.Name;
        await db.SaveChangesAsync(cancellationToken);
        change.AfterCommit(() => live.RunChangedAsync(row.OrgId, row.Id));
        return TypedResults.Ok((await RunReader.ReadAsync(db, db.Runs.Where(r => r.Id == run), cancellationToken)).Single());
    }

    /// <summary>Resume a run that failed because its process died too often, from its last checkpoint</summary>
    /// <remarks>
    /// Possible until <c>resumableUntil</c>, 7 days after the failure. A run without a checkpoint starts from the beginning. The plan is
    /// checked as for a new run, and no time is charged twice. A run that failed for another reason, was cancelled or has succeeded keeps
    /// no checkpoint: it returns <c>run_not_resumable</c>.
    /// </remarks>
    private static async Task<Results<Ok<RunResponse>, ProblemHttpResult>> ResumeAsync(
        Guid run,
        Tenant tenant,
        GpuGeekDbContext db,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        await LockAsync(db, run, cancellationToken);
        if (await db.Runs.FirstOrDefaultAsync(r => r.Id == run, cancellationToken) is not { } row)
            return Problems.NotFound();
        var now = clock.GetUtcNow();
        row.Resume(now);
        row.LastSeq++;
        if (!await HasDatasetAsync(db, row, cancellationToken))
            return Problems.Conflict(
                "run_not_resumable",
                "The dataset of this run was deleted.",
                "Restore the dataset, or start another run."
            );
        await PlanGate.CheckRunAsync(db, tenant.OrgId, now, cancellationToken);
        await DeviceWait.SayAsync(db, row, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        change.AfterCommit(live.RunQueuedAsync);
        change.AfterCommit(() => live.RunChangedAsync(row.OrgId, row.Id));
        return TypedResults.Ok((await RunReader.ReadAsync(db, db.Runs.Where(r => r.Id == run), cancellationToken)).Single());
    }

    private static Task<bool> HasDatasetAsync(GpuGeekDbContext db, Run run, CancellationToken cancellationToken) =>
        db.DatasetVersions.AnyAsync(v => v.Id == run.DatasetVersionId && db.Datasets.Any(d => d.Id == v.DatasetId), cancellationToken);

    /// <summary>Delete a finished run with its curves and log, immediately and permanently; not possible if it produced a model. Its cost
    /// stays on the bill</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid run,
        GpuGeekDbContext db,
        Change change,
        CancellationToken cancellationToken
    )
    {
        await LockAsync(db, run, cancellationToken);
        if (await db.Runs.FirstOrDefaultAsync(r => r.Id == run, cancellationToken) is not { } row)
        {
            change.NoChange();
            return TypedResults.NoContent();
        }
        if (!row.IsFinished)
            return Problems.Conflict("run_state", "The run has not ended yet.", "Cancel it first.");
        if (await RefuseModelAsync(db, run, cancellationToken) is { } refusal)
            return refusal;
        change.Describe(new { row.Name });
        db.Runs.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<ProblemHttpResult?> RefuseModelAsync(GpuGeekDbContext db, Guid run, CancellationToken cancellationToken)
    {
        var versions = await (
            from v in db.ModelVersions
            join m in db.Models on v.ModelId equals m.Id
            where v.RunId == run
            select new
            {
                v.Id,
                m.Name,
                v.Number,
            }
        ).ToListAsync(cancellationToken);
        if (versions.Count == 0)
            return null;
        var ids = versions.ConvertAll(v => v.Id);
        var deployments = await db
            .Deployments.Where(d => ids.Contains(d.ModelVersionId) || (d.LiveVersionId != null && ids.Contains(d.LiveVersionId.Value)))
            .Select(d => d.Name)
            .ToListAsync(cancellationToken);
        return Problems.Of(
            409,
            "model_in_use",
            "The run's model is kept",
            "The run produced a model version, which refers to the run as its source.",
            "Keep the run as long as its model version exists.",
            new Dictionary<string, object?>
            {
                ["dependants"] = new { modelVersions = versions.ConvertAll(v => $"{v.Name}/{v.Number}"), deployments },
            }
        );
    }

    /// <summary>The worker's writes lock the lease first, so this must too.</summary>
    private static async Task LockAsync(GpuGeekDbContext db, Guid run, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM run_leases WHERE run_id = {run} FOR UPDATE", cancellationToken);
}
