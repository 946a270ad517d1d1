using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>What people may change of jobs. SQL statements, not loaded rows: the worker writes the same rows all the time, and neither may
/// overwrite the other.</summary>
internal static class JobChanges
{
    /// <summary>Requests the cancellation; the worker ends the jobs.</summary>
    /// <returns>Number of jobs that had neither ended nor been cancelled before.</returns>
    public static Task<int> CancelAsync(IQueryable<Job> jobs, CancellationToken cancellationToken) =>
        jobs.Where(j => (j.State == JobState.Queued || j.State == JobState.Running) && !j.CancelRequested)
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.CancelRequested, true), cancellationToken);

    /// <summary>Gives up what is kept for a retry of failed jobs.</summary>
    /// <returns>Number of jobs that could be retried until now; the caller deletes their uploads.</returns>
    public static Task<int> ForgetAsync(IQueryable<Job> jobs, CancellationToken cancellationToken) =>
        jobs.Where(j => j.RetryUntil != null)
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.RetryUntil, (DateTimeOffset?)null), cancellationToken);

    /// <summary>Queues a job again that is kept, after the checks of a new one.</summary>
    /// <param name="ended">How it has ended: a job that failed is retried; one that succeeded has found out what is to be decided.</param>
    /// <returns>False: it cannot be retried.</returns>
    /// <exception cref="DomainException"><c>plan_limit</c> or <c>disk_full</c>.</exception>
    public static async Task<bool> RetryAsync(
        GpuGeekDbContext db,
        IObjectStore store,
        Guid org,
        Guid job,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        JobState ended = JobState.Failed
    )
    {
        await PlanGate.LockAsync(db, org, cancellationToken);
        var one = db.Jobs.Where(j => j.Id == job && j.State == ended && j.RetryUntil > now);
        if (await one.AsNoTracking().FirstOrDefaultAsync(cancellationToken) is not { } kept)
            return false;
        // What is kept is already counted. The check is whether there is still room for what the job makes of it.
        await PlanGate.CheckStorageAsync(db, org, 0, kept.Kind == JobKinds.Import ? 1 : 0, cancellationToken);
        CheckDisk(store, kept.SpaceBytes);
        // One statement: of two requests at the same time, or of a request and the end of the 7 days, the first one wins.
        return await one.ExecuteUpdateAsync(
                set =>
                    set.SetProperty(j => j.State, JobState.Queued)
                        .SetProperty(j => j.Error, (Failure?)null)
                        .SetProperty(j => j.StartedAt, (DateTimeOffset?)null)
                        .SetProperty(j => j.FinishedAt, (DateTimeOffset?)null)
                        .SetProperty(j => j.QueuedAt, now)
                        .SetProperty(j => j.Progress, 0)
                        .SetProperty(j => j.CancelRequested, false)
                        .SetProperty(j => j.Deaths, 0)
                        .SetProperty(j => j.Lapses, 0)
                        .SetProperty(j => j.RetryUntil, (DateTimeOffset?)null),
                cancellationToken
            ) == 1;
    }

    // The upload is on the disk already; the worker needs a copy of it, and room for what it makes of it.
    private static void CheckDisk(IObjectStore store, long bytes)
    {
        if (store.FreeBytes is not { } free || free >= 1.2 * bytes)
            return;
        throw new DomainException(
            "disk_full",
            $"The job needs {1.2 * bytes / 1e9:0.0} GB of disk space, but only {free / 1e9:0.0} GB are free.",
            "Free some disk space on the server."
        );
    }
}
