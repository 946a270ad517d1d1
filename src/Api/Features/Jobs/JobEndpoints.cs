using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Jobs;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Jobs;

internal static class JobEndpoints
{
    private const string Active = "active";

    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/jobs").WithTags("Jobs");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.JobsRead).WithName("ListJobs");
        group.MapGet("/{job:guid}", GetAsync).Needs(Role.Viewer, Scopes.JobsRead).WithName("GetJob");
        group.MapPost("/{job:guid}/cancel", CancelAsync).Needs(Role.Editor, Scopes.JobsWrite).Idempotent().WithName("CancelJob");
        group.MapPost("/{job:guid}/retry", RetryAsync).Needs(Role.Editor, Scopes.JobsWrite).Idempotent().WithName("RetryJob");
    }

    /// <summary>List jobs, newest first; <c>?state=active</c>: those that wait or run</summary>
    private static async Task<Results<Ok<Page<JobResponse>>, ProblemHttpResult>> ListAsync(
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? state = null,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        JobState[] asked =
            state is null ? Enum.GetValues<JobState>()
            : state == Active ? [JobState.Queued, JobState.Running]
            : Enum.GetValues<JobState>().Where(s => JobMapping.Name(s) == state).ToArray();
        if (asked.Length == 0)
            return Problems.Impossible(
                "unknown_state",
                $"There is no state '{state}'.",
                $"Use {Active}, {string.Join(", ", Enum.GetValues<JobState>().Select(JobMapping.Name))}."
            );
        var jobs = Visible(db)
            .Where(j => asked.Contains(j.State) && (last == null || j.Id < last))
            .OrderByDescending(j => j.Id)
            .Take(size + 1);
        return TypedResults.Ok(Paging.Of(await ReadAsync(db, jobs, cancellationToken), size, j => j.Id.ToString(), j => j));
    }

    /// <summary>Get a job; <c>?wait=30</c> waits for its end</summary>
    private static async Task<Results<Ok<JobResponse>, ProblemHttpResult>> GetAsync(
        Guid job,
        GpuGeekDbContext db,
        LongPoll poll,
        CancellationToken cancellationToken,
        int? wait = null
    ) =>
        await poll.UntilAsync(wait, job, token => FindAsync(db, job, token), found => found.FinishedAt is not null, cancellationToken)
            is { } found
            ? TypedResults.Ok(found)
            : Problems.NotFound();

    /// <summary>Cancel a job; what it has written is removed</summary>
    /// <remarks>A running job ends within seconds. A job that has ended stays as it is.</remarks>
    private static async Task<Results<Ok<JobResponse>, ProblemHttpResult>> CancelAsync(
        Guid job,
        GpuGeekDbContext db,
        ILiveNotifier live,
        Change change,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(db, job, cancellationToken) is null)
            return Problems.NotFound();
        if (await JobChanges.CancelAsync(db.Jobs.Where(j => j.Id == job), cancellationToken) == 0)
            change.NoChange();
        else
            change.AfterCommit(live.JobQueuedAsync);
        return TypedResults.Ok((await FindAsync(db, job, cancellationToken))!);
    }

    /// <summary>Retry a job that was interrupted too often</summary>
    /// <remarks>Possible until <c>retryUntil</c>, 7 days after the failure. The plan is checked as for a new job. Any other job returns
    /// <c>job_not_retryable</c>.</remarks>
    private static async Task<Results<Ok<JobResponse>, ProblemHttpResult>> RetryAsync(
        Guid job,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(db, job, cancellationToken) is null)
            return Problems.NotFound();
        if (!await JobChanges.RetryAsync(db, store, tenant.OrgId, job, clock.GetUtcNow(), cancellationToken))
            return Problems.Conflict(
                "job_not_retryable",
                "The job cannot be retried: only a job that was interrupted too often can, for 7 days.",
                "Start it again: upload the file once more."
            );
        change.AfterCommit(live.JobQueuedAsync);
        return TypedResults.Ok((await FindAsync(db, job, cancellationToken))!);
    }

    private static async Task<JobResponse?> FindAsync(GpuGeekDbContext db, Guid job, CancellationToken cancellationToken) =>
        (await ReadAsync(db, Visible(db).Where(j => j.Id == job), cancellationToken)).SingleOrDefault();

    /// <summary>Without those of deleted projects and datasets.</summary>
    private static IQueryable<Job> Visible(GpuGeekDbContext db) =>
        db
            .Jobs.AsNoTracking()
            .Where(j =>
                (j.ProjectId == null || db.Projects.Any(p => p.Id == j.ProjectId))
                && (j.DatasetId == null || db.Datasets.Any(d => d.Id == j.DatasetId))
            );

    private static async Task<List<JobResponse>> ReadAsync(GpuGeekDbContext db, IQueryable<Job> jobs, CancellationToken cancellationToken)
    {
        var rows = await jobs.Select(j => new
            {
                Job = j,
                Project = db.Projects.Where(p => p.Id == j.ProjectId).Select(p => p.Slug).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(row => row.Job.ToResponse(row.Project));
    }
}
