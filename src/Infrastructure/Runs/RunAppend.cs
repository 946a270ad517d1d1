using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>Inserts with unnest: COPY is refused under row-level security.</summary>
internal static class RunAppend
{
    private const int MaxMessage = 4000;

    public static async Task WriteAsync(GpuGeekDbContext db, ClaimedRun claim, RunBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Resolved.Count > 0)
        {
            var run = await db.LockedRunAsync(claim.OrgId, claim.RunId, cancellationToken);
            foreach (var resolved in batch.Resolved)
                run.Resolve(resolved.Settings);
        }
        var count = batch.Points.Count + batch.Lines.Count;
        var seq = await UpdateRunAsync(db, claim, batch, Math.Max(1, count), cancellationToken) - count;
        if (batch.Points.Count > 0)
            await AddPointsAsync(db, claim, batch, seq, cancellationToken);
        if (batch.Lines.Count > 0)
            await AddLinesAsync(db, claim, batch, seq + batch.Points.Count, cancellationToken);
    }

    /// <returns>The last sequence number after the batch.</returns>
    private static async Task<long> UpdateRunAsync(
        GpuGeekDbContext db,
        ClaimedRun claim,
        RunBatch batch,
        int sequences,
        CancellationToken cancellationToken
    )
    {
        var phase = batch.Phase?.Phase;
        var progress = batch.Phase?.Progress;
        var eta = batch.Phase?.EtaSeconds;
        var bestEpoch = batch.Best?.Epoch;
        var bestAccuracy = batch.Best?.Accuracy;
        var rows = await db
            .Database.SqlQuery<long>(
                $"""
                UPDATE runs SET last_seq = last_seq + {sequences},
                  state = CASE WHEN {batch.Running} AND state = 'starting' THEN 'running' ELSE state END,
                  phase = COALESCE({phase}, phase),
                  progress = COALESCE({progress}, progress),
                  eta_seconds = CASE WHEN {phase}::text IS NULL THEN eta_seconds ELSE {eta} END,
                  best_epoch = CASE WHEN {bestAccuracy} > COALESCE(best_val_accuracy, -1) THEN {bestEpoch} ELSE best_epoch END,
                  best_val_accuracy = GREATEST(best_val_accuracy, {bestAccuracy})
                WHERE org_id = {claim.OrgId} AND id = {claim.RunId} RETURNING last_seq AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
        return rows.Single();
    }

    private static Task<int> AddPointsAsync(
        GpuGeekDbContext db,
        ClaimedRun claim,
        RunBatch batch,
        long seq,
        CancellationToken cancellationToken
    )
    {
        string[] names = [.. batch.Points.Select(p => p.Name)];
        long[] steps = [.. batch.Points.Select(p => p.Step)];
        long[] sequences = [.. batch.Points.Select((_, i) => seq + 1 + i)];
        double[] epochs = [.. batch.Points.Select(p => p.Epoch)];
        double[] values = [.. batch.Points.Select(p => p.Value)];
        DateTimeOffset[] times = [.. batch.Points.Select(p => p.At.ToUniversalTime())];
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO metric_points (org_id, run_id, name, step, seq, epoch, value, at)
            SELECT {claim.OrgId}, {claim.RunId}, p.* FROM unnest({names}, {steps}, {sequences}, {epochs}, {values}, {times}) p
            ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );
    }

    private static Task<int> AddLinesAsync(
        GpuGeekDbContext db,
        ClaimedRun claim,
        RunBatch batch,
        long seq,
        CancellationToken cancellationToken
    )
    {
        long[] sequences = [.. batch.Lines.Select((_, i) => seq + 1 + i)];
        string[] levels = [.. batch.Lines.Select(l => l.Level)];
        string[] messages = [.. batch.Lines.Select(l => Printable(l.Message))];
        DateTimeOffset[] times = [.. batch.Lines.Select(l => l.At.ToUniversalTime())];
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO run_log_lines (org_id, run_id, seq, level, message, at)
            SELECT {claim.OrgId}, {claim.RunId}, l.* FROM unnest({sequences}, {levels}, {messages}, {times}) l
            ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );
    }

    // PostgreSQL's text type does not allow NUL.
    public static string Printable(string message)
    {
        var text = message.Replace('\0', '\uFFFD');
        return text.Length <= MaxMessage ? text : text[..(MaxMessage - 1)] + '…';
    }
}
