using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Npgsql;

namespace GpuGeek.Infrastructure.Jobs;

/// <summary>Claims jobs and writes for their owners. All times are the database's.</summary>
public sealed class JobClaims(IDbContexts contexts, ILiveNotifier live)
{
    private static readonly ClaimOrder Order = new()
    {
        Lock = 0x67_67_6a_6f_62,
        Table = "jobs",
        Claimable = """
            t.state IN ('queued', 'running') AND t.kind = ANY(@kinds) AND t.space_bytes < @space
              AND (t.state = 'queued' AND COALESCE(t.not_before, '-infinity') <= clock_timestamp()
                OR t.state = 'running' AND COALESCE(t.lease_until, '-infinity') < clock_timestamp())
            """,
        // A cancelled job only has to be ended.
        First = "t.cancel_requested",
        AtWork = "a.state = 'running' AND a.lease_until >= clock_timestamp()",
        LastTurn = "SELECT max(c.claimed_at) FROM jobs c WHERE c.org_id = best.org_id",
    };

    // An expired lease is counted: its worker died, or lost its database or disk.
    private static readonly string Claim = $"""
        UPDATE jobs SET state = 'running', owner = @owner, lease_until = clock_timestamp() + @lease, claimed_at = clock_timestamp(),
          started_at = COALESCE(started_at, clock_timestamp()), fence = fence + 1, not_before = NULL,
          lapses = lapses + CASE WHEN state = 'running' THEN 1 ELSE 0 END
        WHERE (org_id, id) = ({Order.Next}) RETURNING *
        """;

    /// <summary>Claims the next job.</summary>
    /// <param name="kinds">The kinds that the worker knows: a newer worker's jobs wait for it.</param>
    /// <param name="space">Free bytes on the worker's disk: a job that needs more waits.</param>
    public async Task<Job?> NextAsync(string[] kinds, string owner, long space, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Order.Lock})", cancellationToken);
        var claimed = await db
            .Jobs.FromSqlRaw(
                Claim,
                new NpgsqlParameter("kinds", kinds),
                new NpgsqlParameter("space", space),
                new NpgsqlParameter("owner", owner),
                new NpgsqlParameter("lease", Job.Lease)
            )
            .IgnoreAllFilters()
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (claimed is not [var job])
            return null;
        await live.JobChangedAsync(job);
        return job;
    }

    /// <summary>Renews a lease, even an expired one if nobody has taken the job: a database outage of a minute costs no work.</summary>
    /// <returns>Whether the cancellation was requested.</returns>
    /// <exception cref="StaleJobException"/>
    public async Task<bool> RenewAsync(Job claim, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var asked = await db
            .Database.SqlQuery<bool>(
                $"""
                UPDATE jobs SET lease_until = clock_timestamp() + {Job.Lease}
                WHERE org_id = {claim.OrgId} AND id = {claim.Id} AND fence = {claim.Fence} AND state = 'running'
                RETURNING cancel_requested AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
        return asked.Count == 1 ? asked[0] : throw new StaleJobException(claim);
    }

    /// <summary>One transaction of the job's owner.</summary>
    /// <param name="progress">The new progress; null keeps it.</param>
    /// <exception cref="StaleJobException"/>
    public Task WriteAsync(Job claim, double? progress, Func<GpuGeekDbContext, Task> write, CancellationToken cancellationToken) =>
        WriteAsync(claim, set => set.SetProperty(j => j.Progress, j => progress ?? j.Progress), write, cancellationToken);

    /// <summary>Hands the job back with the deaths counted by the claim: it is queued again.</summary>
    /// <param name="after">How long it waits at least.</param>
    /// <exception cref="StaleJobException"/>
    public Task GiveBackAsync(Job claim, TimeSpan after, CancellationToken cancellationToken) =>
        WriteAsync(
            claim,
            set =>
                Release(set, claim)
                    .SetProperty(j => j.State, JobState.Queued)
                    .SetProperty(j => j.NotBefore, _ => DatabaseClock.Now() + after),
            _ => Task.CompletedTask,
            cancellationToken
        );

    /// <summary>Ends the job; its counters are written as the claim has them.</summary>
    /// <param name="write">Changes in the same transaction.</param>
    /// <exception cref="StaleJobException"/>
    public Task EndAsync(
        Job claim,
        JobState state,
        Failure? error,
        Func<GpuGeekDbContext, Task> write,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            claim,
            set =>
                Release(set, claim)
                    .SetProperty(j => j.State, state)
                    .SetProperty(j => j.Error, error)
                    .SetProperty(j => j.FinishedAt, _ => DatabaseClock.Now())
                    .SetProperty(j => j.Progress, j => state == JobState.Succeeded ? 1 : j.Progress)
                    .SetProperty(j => j.RetryUntil, claim.RetryUntil),
            write,
            cancellationToken
        );

    private static UpdateSettersBuilder<Job> Release(UpdateSettersBuilder<Job> set, Job claim) =>
        set.SetProperty(j => j.Owner, (string?)null)
            .SetProperty(j => j.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(j => j.Deaths, claim.Deaths);

    /// <summary>Deletes jobs that ended long ago and have no row of their own.</summary>
    public async Task<int> DeleteOldAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        return await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM jobs WHERE payload IS NOT NULL AND retry_until IS NULL AND finished_at < clock_timestamp() - {Job.EndedKept}
            """,
            cancellationToken
        );
    }

    private async Task WriteAsync(
        Job claim,
        Action<UpdateSettersBuilder<Job>> change,
        Func<GpuGeekDbContext, Task> write,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // The job's row first: whoever else writes it waits, and finds another fence or state.
        var held = db
            .Jobs.IgnoreTenantFilter()
            .Where(j => j.OrgId == claim.OrgId && j.Id == claim.Id && j.Fence == claim.Fence && j.State == JobState.Running);
        if (await held.ExecuteUpdateAsync(change, cancellationToken) == 0)
            throw new StaleJobException(claim);
        await write(db);
        await transaction.CommitAsync(cancellationToken);
        await live.JobChangedAsync(claim);
    }
}

/// <summary>Another worker has the job, or it has ended or was deleted: this worker must not write any more.</summary>
public sealed class StaleJobException(Job job) : Exception($"This worker no longer owns the job {job.Id}.");
