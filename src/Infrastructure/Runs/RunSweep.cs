using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>Finds runs whose lease has expired and requeues them, cancels them if requested, or fails them after too many expired
/// leases.</summary>
public sealed class RunSweep(IDbContexts contexts, ILiveNotifier live, TimeProvider clock)
{
    /// <summary>If the database takes longer than this to respond, nobody could renew a lease in the meantime.</summary>
    private static readonly TimeSpan LongestAnswer = RunLease.RenewEvery;

    /// <returns>Number of runs processed; null: the database responded so late that live owners may not have been able to renew, so no
    /// lease was taken.</returns>
    public async Task<int?> SweepAsync(CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var lapsed = await db
            .RunLeases.FromSqlRaw(
                """
                SELECT * FROM run_leases WHERE owner IS NOT NULL AND until < clock_timestamp() ORDER BY until LIMIT 50
                    FOR UPDATE SKIP LOCKED
                """
            )
            .IgnoreAllFilters()
            .ToListAsync(cancellationToken);
        if (clock.GetElapsedTime(asked) > LongestAnswer)
            return null;
        var now = await db.NowAsync(cancellationToken);
        var changed = new List<Run>();
        foreach (var lease in lapsed)
        {
            await db.EndIntervalAsync(lease.OrgId, lease.RunId, lease.Fence, lease.Until!.Value, kept: false, cancellationToken);
            changed.Add(
                await GiveBackAsync(db, await db.LockedRunAsync(lease.OrgId, lease.RunId, cancellationToken), now, cancellationToken)
            );
            // The old owner may still be alive: from here on its writes are refused.
            lease.Fence++;
            lease.Owner = null;
            lease.Until = null;
        }
        foreach (var orphan in await OrphansAsync(db, cancellationToken))
            changed.Add(await GiveBackAsync(db, orphan, now, cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        foreach (var run in changed)
            await live.RunChangedAsync(run.OrgId, run.Id);
        return changed.Count;
    }

    // Active by their state but without an owner: a claim sets both in one transaction, so only a lost race with a cancellation leaves
    // this.
    private static Task<List<Run>> OrphansAsync(GpuGeekDbContext db, CancellationToken cancellationToken) =>
        db
            .Runs.FromSqlRaw(
                """
                SELECT r.* FROM runs r WHERE r.state IN ('starting', 'running', 'canceling')
                  AND NOT EXISTS (SELECT FROM run_leases l WHERE l.org_id = r.org_id AND l.run_id = r.id AND l.owner IS NOT NULL)
                LIMIT 50 FOR UPDATE SKIP LOCKED
                """
            )
            .IgnoreAllFilters()
            .ToListAsync(cancellationToken);

    private static async Task<Run> GiveBackAsync(GpuGeekDbContext db, Run run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (run.IsFinished || run.State == RunState.Queued)
            return run;
        run.LastSeq++;
        if (run.State == RunState.Canceling)
            run.Cancel(now);
        else
            run.WorkerBrokeOff(now);
        await db.EnqueueAsync(WebhookEvents.Of(run), now, cancellationToken);
        return run;
    }
}
