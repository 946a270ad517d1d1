using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>Finds runs whose owner fell silent and gives them back, ends them as asked, or gives them up after too many attempts.</summary>
public sealed class RunSweep(IDbContexts contexts, ILiveNotifier live)
{
    /// <returns>Runs dealt with.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var lapsed = await db.RunLeases.FromSqlRaw("""
            SELECT * FROM run_leases WHERE owner IS NOT NULL AND until < clock_timestamp() ORDER BY until LIMIT 50 FOR UPDATE SKIP LOCKED
            """).AsWritten().ToListAsync(cancellationToken);
        var now = await db.NowAsync(cancellationToken);
        var changed = new List<Run>();
        foreach (var lease in lapsed)
        {
            await db.EndIntervalAsync(lease.OrgId, lease.RunId, lease.Fence, lease.Until!.Value, kept: false, cancellationToken);
            changed.Add(await GiveBackAsync(db, await db.LockedRunAsync(lease.OrgId, lease.RunId, cancellationToken), now, cancellationToken));
            // The old owner may still live: from here on it writes nothing.
            lease.Fence++;
            lease.Owner = null;
            lease.Until = null;
        }
        foreach (var orphan in await OrphansAsync(db, cancellationToken)) changed.Add(await GiveBackAsync(db, orphan, now, cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        foreach (var run in changed) await live.RunChangedAsync(run.OrgId, run.Id);
        return changed.Count;
    }

    // At work by their state, yet nobody's: a claim sets both in one transaction, so only a lost race of a cancel leaves this.
    private static Task<List<Run>> OrphansAsync(GpuGeekDbContext db, CancellationToken cancellationToken) =>
        db.Runs.FromSqlRaw("""
            SELECT r.* FROM runs r WHERE r.state IN ('starting', 'running', 'canceling')
              AND NOT EXISTS (SELECT FROM run_leases l WHERE l.org_id = r.org_id AND l.run_id = r.id AND l.owner IS NOT NULL)
            LIMIT 50 FOR UPDATE SKIP LOCKED
            """).AsWritten().ToListAsync(cancellationToken);

    private static async Task<Run> GiveBackAsync(GpuGeekDbContext db, Run run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (run.IsFinished || run.State == RunState.Queued) return run;
        run.LastSeq++;
        if (run.State == RunState.Canceling) run.Cancel(now);
        else if (run.Attempt >= Run.MaxAttempts) run.Fail(TooManyAttempts(run.Attempt), now);
        else run.Requeue();
        await db.TellAsync(WebhookEvents.Of(run), now, cancellationToken);
        return run;
    }

    public static Failure TooManyAttempts(int attempts) => new(
        "too_many_attempts", "The training died again and again",
        $"It was started {attempts} times and its process died each time. The log says how.",
        "If it ran out of memory, choose a smaller batch or picture size; else report the log.");
}
