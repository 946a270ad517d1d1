using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>Statements that claiming, sweeping and writing share.</summary>
internal static class RunSql
{
    /// <summary>The one clock of leases and money.</summary>
    public static async Task<DateTimeOffset> NowAsync(this GpuGeekDbContext db, CancellationToken cancellationToken) =>
        (await db.Database.SqlQuery<DateTimeOffset>($"SELECT clock_timestamp() AS \"Value\"").ToListAsync(cancellationToken)).Single();

    /// <summary>Locked, so that a cancel asked for meanwhile is neither missed nor overwritten.</summary>
    public static async Task<Run> LockedRunAsync(this GpuGeekDbContext db, Guid org, Guid run, CancellationToken cancellationToken) =>
        (await db.Runs.FromSql($"SELECT * FROM runs WHERE org_id = {org} AND id = {run} FOR NO KEY UPDATE")
            .AsWritten().ToListAsync(cancellationToken)).Single();

    /// <param name="kept">The whole interval is charged: its result is kept.</param>
    public static Task<int> EndIntervalAsync(this GpuGeekDbContext db, Guid org, Guid run, long fence, DateTimeOffset at, bool kept, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
            UPDATE usage_intervals SET ended_at = GREATEST({at}, kept_until), kept_until = CASE WHEN {kept} THEN {at} ELSE kept_until END
            WHERE org_id = {org} AND run_id = {run} AND fence = {fence} AND ended_at IS NULL
            """, cancellationToken);
}
