using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Jobs;
using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Runs;

internal static class ProbeEndpoint
{
    public static void Map(RouteGroupBuilder runs) =>
        runs.MapPost("/probe", ProbeAsync).Needs(Role.Editor, Scopes.RunsWrite).Idempotent().WithName("ProbeRun");

    /// <summary>Measure what a run would take, before it is started</summary>
    /// <remarks>
    /// Takes the request of a run. A job does a few of its steps on a few of its pictures for less than a minute; its <c>estimate</c>
    /// then has pictures a second, the time of the whole run with an interval, and the memory. A run that would not fit into the
    /// worker's memory fails with <c>memory_too_small</c> and says what to lower. Nothing is charged. The <c>device</c>
    /// that the run asks for is not looked at: the worker's processor is measured. The job's state:
    /// <c>GET …/jobs/{job}?wait=30</c>.
    /// </remarks>
    private static async Task<Results<Accepted<JobResponse>, ProblemHttpResult>> ProbeAsync(
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
        if (asked is null)
            return problem!;
        var open = await db.Jobs.CountAsync(
            j => j.Kind == JobKinds.Probe && (j.State == JobState.Queued || j.State == JobState.Running),
            cancellationToken
        );
        if (open >= ProbeRequest.MostAtOnce)
            return Problems.Conflict(
                "too_many_probes",
                $"{open} probes of this organisation wait or run already.",
                "Wait until one has ended, or cancel one: GET …/jobs?state=active lists them."
            );
        var job = Job.Of(
            new ProbeRequest(request.DatasetVersion, asked.Recipe, asked.Start?.Hash),
            tenant.OrgId,
            asked.Dataset,
            $"{asked.DatasetName} v{asked.VersionNumber} · {asked.Recipe.Model.Architecture}",
            asked.Project.Id,
            tenant.UserId,
            clock.GetUtcNow()
        );
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        change.AfterCommit(live.JobQueuedAsync);
        return TypedResults.Accepted($"/api/v1/orgs/{tenant.Slug}/jobs/{job.Id}", job.ToResponse(asked.Project.Slug));
    }
}
