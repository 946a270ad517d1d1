using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>
/// All writes of one attempt. Each transaction first locks the lease row and checks the fence, so a stale owner cannot write; repeating a
/// write whose commit confirmation was lost does no harm.
/// </summary>
public sealed class RunWriter(IDbContexts contexts, ILiveNotifier live, TimeProvider clock, ClaimedRun claim)
{
    public ClaimedRun Claim => claim;

    /// <summary>Writes points, lines and progress together and assigns their sequence numbers.</summary>
    /// <exception cref="StaleFenceException"/>
    public Task AppendAsync(RunBatch batch, CancellationToken cancellationToken) =>
        FencedAsync(db => RunAppend.WriteAsync(db, claim, batch, cancellationToken), cancellationToken);

    /// <summary>Moves the pointer to a checkpoint that is complete in the store, and with it the charged time.</summary>
    /// <param name="madeAt">Time at which the checkpoint was complete on disk: an earlier attempt may have made it, and then that
    /// attempt's time is charged.</param>
    /// <returns>The replaced key, to be deleted.</returns>
    /// <exception cref="StaleFenceException"/>
    public async Task<string?> CheckpointAsync(string key, long step, DateTimeOffset madeAt, CancellationToken cancellationToken)
    {
        string? former = null;
        await FencedAsync(
            async db =>
            {
                var run = await db.LockedRunAsync(claim.OrgId, claim.RunId, cancellationToken);
                former = run.CheckpointKey == key ? null : run.CheckpointKey;
                run.KeepCheckpoint(key, step);
                run.LastSeq++;
                await db.KeepEarlierAttemptAsync(claim, madeAt, cancellationToken);
                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE usage_intervals SET kept_until = clock_timestamp()
                    WHERE org_id = {claim.OrgId} AND run_id = {claim.RunId} AND fence = {claim.Fence} AND ended_at IS NULL
                    """,
                    cancellationToken
                );
            },
            cancellationToken
        );
        return former;
    }

    /// <summary>Writes model, version, state, charge and lease in one transaction.</summary>
    /// <exception cref="StaleFenceException"/>
    public Task SucceedAsync(RunPublication publication, CancellationToken cancellationToken) =>
        EndAsync(
            kept: true,
            async (db, run, now) =>
            {
                var version = await ModelPublisher.AddVersionAsync(db, run, publication, clock, now, cancellationToken);
                await db.KeepEarlierAttemptAsync(claim, publication.MadeAt, cancellationToken);
                run.Succeed(publication.Result, version, now);
            },
            cancellationToken
        );

    /// <exception cref="StaleFenceException"/>
    public Task FailAsync(Failure failure, CancellationToken cancellationToken) =>
        EndAsync(
            kept: false,
            (_, run, now) =>
            {
                if (run.State == RunState.Canceling)
                    run.Cancel(now);
                else
                    run.Fail(failure, now);
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <exception cref="StaleFenceException"/>
    public Task CancelAsync(CancellationToken cancellationToken) =>
        EndAsync(
            kept: false,
            (_, run, now) =>
            {
                run.Cancel(now);
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <summary>The training process died: the run returns to the queue, or fails after too many deaths. In both cases the log says how
    /// it died.</summary>
    /// <exception cref="StaleFenceException"/>
    public Task TrainerDiedAsync(string how, CancellationToken cancellationToken) =>
        BreakOffAsync(
            (run, now) =>
            {
                run.TrainerDied(now);
                return run.IsFinished
                    ? (
                        "error",
                        $"The process {how}. This was crash {run.Deaths} of {Run.MaxDeaths} without a new checkpoint: the run failed "
                            + "and its last checkpoint is kept."
                    )
                    : (
                        "warning",
                        $"The process {how}. This was crash {run.Deaths} of {Run.MaxDeaths} without a new checkpoint; the run is "
                            + "restarted from its last checkpoint."
                    );
            },
            cancellationToken
        );

    /// <summary>This worker failed, which says nothing about the run: it returns to the queue.</summary>
    /// <exception cref="StaleFenceException"/>
    public Task WorkerBrokeOffAsync(string how, CancellationToken cancellationToken) =>
        BreakOffAsync(
            (run, now) =>
            {
                run.WorkerBrokeOff(now);
                return (run.IsFinished ? "error" : "warning", $"The worker failed: {how}");
            },
            cancellationToken
        );

    private Task BreakOffAsync(Func<Run, DateTimeOffset, (string Level, string Message)> end, CancellationToken cancellationToken) =>
        EndAsync(
            kept: false,
            (db, run, now) =>
            {
                if (run.State == RunState.Canceling)
                    run.Cancel(now);
                else
                    db.AddLine(run, end(run, now), now);
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <summary>Returns the run to the queue; if its cancellation was requested in the meantime, it is cancelled.</summary>
    /// <exception cref="StaleFenceException"/>
    public Task RequeueAsync(CancellationToken cancellationToken) =>
        EndAsync(
            kept: false,
            (_, run, now) =>
            {
                if (run.State == RunState.Canceling)
                    run.Cancel(now);
                else
                    run.Requeue();
                return Task.CompletedTask;
            },
            cancellationToken
        );

    private Task EndAsync(bool kept, Func<GpuGeekDbContext, Run, DateTimeOffset, Task> end, CancellationToken cancellationToken) =>
        FencedAsync(
            async db =>
            {
                var run = await db.LockedRunAsync(claim.OrgId, claim.RunId, cancellationToken);
                var now = await db.NowAsync(cancellationToken);
                if (!run.IsFinished && run.State != RunState.Queued)
                {
                    await end(db, run, now);
                    run.LastSeq++;
                    await db.EnqueueAsync(WebhookEvents.Of(run), now, cancellationToken);
                }
                await db.EndIntervalAsync(claim.OrgId, claim.RunId, claim.Fence, now, kept, cancellationToken);
                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE run_leases SET owner = NULL, until = NULL WHERE org_id = {claim.OrgId} AND run_id = {claim.RunId}
                        AND fence = {claim.Fence}
                    """,
                    cancellationToken
                );
            },
            cancellationToken
        );

    private async Task FencedAsync(Func<GpuGeekDbContext, Task> write, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var held = await db
            .Database.SqlQuery<long>(
                $"""
                SELECT fence AS "Value" FROM run_leases WHERE org_id = {claim.OrgId} AND run_id = {claim.RunId} AND fence = {claim.Fence}
                    FOR NO KEY UPDATE
                """
            )
            .ToListAsync(cancellationToken);
        if (held.Count == 0)
            throw new StaleFenceException(claim);
        await write(db);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await live.RunChangedAsync(claim.OrgId, claim.RunId);
    }
}
