using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>
/// All writes of one attempt. Each transaction first locks the lease row and names the fence, so a stale owner writes nothing; repeating a
/// write whose
/// commit was lost on the way does no harm.
/// </summary>
public sealed class RunWriter(IDbContexts contexts, ILiveNotifier live, TimeProvider clock, ClaimedRun claim)
{
    public ClaimedRun Claim => claim;

    /// <summary>Points, lines and progress in one go; gives them their sequence.</summary>
    /// <exception cref="StaleFenceException"/>
    public Task AppendAsync(RunBatch batch, CancellationToken cancellationToken) =>
        FencedAsync(db => RunAppend.WriteAsync(db, claim, batch, cancellationToken), cancellationToken);

    /// <summary>Moves the pointer to a checkpoint that is whole in the store, and with it the time that is charged.</summary>
    /// <param name="madeAt">When the trainer had it whole on disk: an earlier attempt may have made it, and then that attempt's time is
    /// kept.</param>
    /// <returns>The key it replaced, to be deleted.</returns>
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

    /// <summary>Model, version, state, money and lease in one transaction.</summary>
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

    /// <summary>The trainer died: the run goes back to the queue, or fails if that was once too often. Either way the log says how it
    /// died.</summary>
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

    /// <summary>This worker cannot go on with the run, which is no fault of the run: it goes back to the queue.</summary>
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

    /// <summary>Back to the queue; a run that somebody asked to stop meanwhile is canceled.</summary>
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
