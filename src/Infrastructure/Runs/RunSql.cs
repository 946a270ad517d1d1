using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>Statements shared by claiming, sweeping and writing.</summary>
internal static class RunSql
{
    /// <summary>The clock of leases and charges.</summary>
    public static async Task<DateTimeOffset> NowAsync(this GpuGeekDbContext db, CancellationToken cancellationToken) =>
        (await db.Database.SqlQuery<DateTimeOffset>($"SELECT clock_timestamp() AS \"Value\"").ToListAsync(cancellationToken)).Single();

    /// <summary>Locked, so that a concurrent cancellation is neither missed nor overwritten.</summary>
    public static async Task<Run> LockedRunAsync(this GpuGeekDbContext db, Guid org, Guid run, CancellationToken cancellationToken) =>
        (
            await db
                .Runs.FromSql($"SELECT * FROM runs WHERE org_id = {org} AND id = {run} FOR NO KEY UPDATE")
                .IgnoreAllFilters()
                .ToListAsync(cancellationToken)
        ).Single();

    /// <param name="kept">The whole interval is charged, because its result is saved.</param>
    public static Task<int> EndIntervalAsync(
        this GpuGeekDbContext db,
        Guid org,
        Guid run,
        long fence,
        DateTimeOffset at,
        bool kept,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE usage_intervals SET ended_at = GREATEST({at}, kept_until), kept_until = CASE WHEN {kept} THEN {at} ELSE kept_until END
            WHERE org_id = {org} AND run_id = {run} AND fence = {fence} AND ended_at IS NULL
            """,
            cancellationToken
        );

    /// <summary>
    /// The time at which the saved checkpoint or result was made. If an earlier attempt was running then, its time is charged too, at
    /// most to its end: its lease expired before it could record this itself. Later attempts started from another state, so only the
    /// attempt of that time counts.
    /// </summary>
    public static Task<int> KeepEarlierAttemptAsync(
        this GpuGeekDbContext db,
        ClaimedRun claim,
        DateTimeOffset madeAt,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE usage_intervals SET kept_until = GREATEST(kept_until, LEAST({madeAt.ToUniversalTime()}, ended_at))
            WHERE org_id = {claim.OrgId} AND run_id = {claim.RunId} AND fence < {claim.Fence} AND ended_at IS NOT NULL AND fence = (
              SELECT max(fence) FROM usage_intervals WHERE org_id = {claim.OrgId} AND run_id = {claim.RunId}
                  AND started_at <= {madeAt.ToUniversalTime()})
            """,
            cancellationToken
        );

    /// <summary>A line of the run's log, written with the state change that it explains.</summary>
    public static void AddLine(this GpuGeekDbContext db, Run run, (string Level, string Message) line, DateTimeOffset now) =>
        db.RunLogLines.Add(
            new()
            {
                OrgId = run.OrgId,
                RunId = run.Id,
                Seq = ++run.LastSeq,
                Level = line.Level,
                Message = RunAppend.Printable(line.Message),
                At = now,
            }
        );
}
