using GpuGeek.Domain.Billing;
using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Jobs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>Assigns queued runs to slots and renews their leases. All times are the database's.</summary>
public sealed class RunClaims(IDbContexts contexts, TimeProvider clock)
{
    // An organisation at its plan's limit waits.
    private static readonly ClaimOrder Order = new()
    {
        Lock = 0x67_67_72_75_6e,
        Table = "runs",
        Claimable =
            "t.state = 'queued' AND (t.device IS NULL OR t.device = ANY(@classes)) "
            + "AND (@fitting IS NULL OR t.recipe->'model'->>'architecture' = ANY(@fitting))",
        // A resumed run goes on before another one starts.
        First = "t.attempt > 0",
        AtWork = "a.state IN ('starting', 'running', 'pausing', 'canceling')",
        LastTurn = "SELECT max(u.started_at) FROM usage_intervals u WHERE u.org_id = best.org_id",
        Limit = "SELECT p.max_concurrent_runs FROM organizations o JOIN plans p ON p.code = o.plan_code WHERE o.id = best.org_id",
    };

    private sealed record Waiting(Guid OrgId, Guid Id);

    /// <summary>Claims the next run for a slot: lease, state and usage interval in one transaction.</summary>
    /// <param name="fitting">Architectures whose runs fit on the slot's disk; null: all.</param>
    /// <param name="device">On which the slot trains; null: the processor.</param>
    /// <returns>Null if nothing is queued, or if this slot's last interval has not been closed yet.</returns>
    public async Task<ClaimedRun?> NextAsync(
        string slot,
        CancellationToken cancellationToken,
        string[]? fitting = null,
        SlotDevice? device = null
    )
    {
        var own = device ?? SlotDevice.Processor;
        while (true)
        {
            await using var db = contexts.System();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Order.Lock})", cancellationToken);
            var waiting = await db.Database.SqlQueryRaw<Waiting>(Order.Next, Fitting(fitting), Classes(own)).ToListAsync(cancellationToken);
            if (waiting.SingleOrDefault() is not { } next)
                return null;
            if (await TakeAsync(db, next, slot, own, cancellationToken) is not { } claim)
                return null;
            // Cancelled while the claim waited for the lease: claim another run.
            if (!claim.IsQueued)
                continue;
            await transaction.CommitAsync(cancellationToken);
            return claim.Claim;
        }
    }

    /// <summary>The next run that would be claimed; it is not claimed.</summary>
    public async Task<Guid?> PeekAsync(string[]? fitting, SlotDevice device, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var waiting = await db.Database.SqlQueryRaw<Waiting>(Order.Next, Fitting(fitting), Classes(device)).ToListAsync(cancellationToken);
        return waiting.SingleOrDefault()?.Id;
    }

    /// <summary>Claims this run, if it is queued.</summary>
    /// <returns>Null: another worker has it, it has ended, it asks for another class of device, or this slot's last interval has not been
    /// closed yet.</returns>
    public async Task<ClaimedRun?> ClaimAsync(Guid run, string slot, SlotDevice device, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Order.Lock})", cancellationToken);
        var waiting = await db
            .Database.SqlQuery<Waiting>(
                $"""
                SELECT org_id, id FROM runs
                WHERE id = {run} AND state = 'queued' AND (device IS NULL OR device = ANY({device.Classes}))
                """
            )
            .ToListAsync(cancellationToken);
        if (waiting is not [var one] || await TakeAsync(db, one, slot, device, cancellationToken) is not { IsQueued: true } claim)
            return null;
        await transaction.CommitAsync(cancellationToken);
        return claim.Claim;
    }

    private sealed record Taken(ClaimedRun Claim, bool IsQueued);

    /// <returns>Null if this slot's last interval has not been closed yet.</returns>
    private async Task<Taken?> TakeAsync(
        GpuGeekDbContext db,
        Waiting next,
        string slot,
        SlotDevice device,
        CancellationToken cancellationToken
    )
    {
        // The lease first and then the run, like all code that writes both: in the other order, a cancellation at this moment and this
        // claim would deadlock.
        var fence = await TakeLeaseAsync(db, next, slot, cancellationToken);
        var run = await db.LockedRunAsync(next.OrgId, next.Id, cancellationToken);
        if (run.State != RunState.Queued)
            return new(new(run.OrgId, run.Id, fence, slot, run.Attempt), IsQueued: false);
        if (!await StartAsync(db, run, slot, device, fence, cancellationToken))
            return null;
        return new(new(run.OrgId, run.Id, fence, slot, run.Attempt, run.TraceParent) { Device = device }, IsQueued: true);
    }

    private static NpgsqlParameter Classes(SlotDevice device) =>
        new("classes", NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text) { Value = device.Classes };

    private static NpgsqlParameter Fitting(string[]? architectures) =>
        new("fitting", NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text) { Value = (object?)architectures ?? DBNull.Value };

    /// <summary>Writes a log line to queued runs without an owner: they wait for disk space.</summary>
    /// <param name="told">Runs that already have the line.</param>
    /// <returns>Runs that got it now.</returns>
    public async Task<List<Guid>> TellWaitingAsync(string[] fitting, Guid[] told, string message, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        return await db
            .Database.SqlQuery<Guid>(
                $"""
                WITH waiting AS (
                  UPDATE runs SET last_seq = last_seq + 1
                  WHERE state = 'queued' AND NOT recipe->'model'->>'architecture' = ANY({fitting}) AND NOT id = ANY({told})
                  RETURNING org_id, id, last_seq)
                INSERT INTO run_log_lines (org_id, run_id, seq, level, message, at)
                SELECT org_id, id, last_seq, 'warning', {message}, clock_timestamp() FROM waiting RETURNING run_id AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
    }

    /// <returns>False if the slot's previous worker died without ending its interval; the sweep ends it when that lease
    /// expires.</returns>
    private async Task<bool> StartAsync(
        GpuGeekDbContext db,
        Run run,
        string slot,
        SlotDevice device,
        long fence,
        CancellationToken cancellationToken
    )
    {
        var now = await db.NowAsync(cancellationToken);
        run.Start(now);
        run.LastSeq++;
        db.UsageIntervals.Add(await IntervalAsync(db, run, slot, device, fence, now, cancellationToken));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException failure)
            when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.ExclusionViolation })
        {
            return false;
        }
    }

    /// <summary>
    /// Renews a lease, even an expired one if nobody has taken it: a database outage of a minute costs no work. Synchronous, because it
    /// runs on a thread that must not wait for the thread pool.
    /// </summary>
    /// <returns>False if the fence has changed.</returns>
    public bool Renew(ClaimedRun claim)
    {
        using var db = contexts.System();
        db.Database.SetCommandTimeout(5);
        return db.Database.ExecuteSql(
                $"""
                UPDATE run_leases SET until = clock_timestamp() + {RunLease.Duration}
                WHERE org_id = {claim.OrgId} AND run_id = {claim.RunId} AND fence = {claim.Fence} AND owner = {claim.Owner}
                """
            ) == 1;
    }

    /// <summary>Whether the cancellation of this run was requested.</summary>
    public async Task<bool> CancelAskedAsync(ClaimedRun claim, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        return await db
            .Runs.IgnoreTenantFilter()
            .AnyAsync(r => r.OrgId == claim.OrgId && r.Id == claim.RunId && r.State == RunState.Canceling, cancellationToken);
    }

    private static async Task<long> TakeLeaseAsync(GpuGeekDbContext db, Waiting run, string slot, CancellationToken cancellationToken) =>
        (
            await db
                .Database.SqlQuery<long>(
                    $"""
                    INSERT INTO run_leases (org_id, run_id, owner, until, fence)
                        VALUES ({run.OrgId}, {run.Id}, {slot}, clock_timestamp() + {RunLease.Duration}, 1)
                    ON CONFLICT (org_id, run_id) DO UPDATE SET owner = excluded.owner, until = excluded.until, fence = run_leases.fence + 1
                    RETURNING fence AS "Value"
                    """
                )
                .ToListAsync(cancellationToken)
        ).Single();

    private async Task<UsageInterval> IntervalAsync(
        GpuGeekDbContext db,
        Run run,
        string slot,
        SlotDevice device,
        long fence,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var plan = await db
            .Organizations.Where(o => o.Id == run.OrgId)
            .Join(db.Plans, o => o.PlanCode, p => p.Code, (_, p) => p)
            .SingleAsync(cancellationToken);
        return new()
        {
            OrgId = run.OrgId,
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            RunId = run.Id,
            RunName = run.Name,
            Fence = fence,
            Slot = slot,
            Device = device.Classes[0],
            StartedAt = now,
            KeptUntil = now,
            PricePerHour = plan.PriceOn(device),
            Currency = plan.Currency,
        };
    }
}
