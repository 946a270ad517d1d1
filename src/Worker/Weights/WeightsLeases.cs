using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Weights;

/// <param name="Restarts">The counters at the time of the claim.</param>
internal sealed record ClaimedWeights(Guid OrgId, Guid Id, string FileName, string? Asked, string Owner, int Attempt, Restartable Restarts);

/// <summary>Claims queued weights files and records the reports.</summary>
internal sealed class WeightsLeases(IDbContexts contexts)
{
    /// <summary>The oldest file that is queued or whose lease has expired.</summary>
    /// <param name="room">Bytes that may be written to the disk: a larger file stays in the queue.</param>
    public async Task<ClaimedWeights?> NextAsync(string owner, long room, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var rows = await db
            .UploadedWeights.FromSql(
                $"""
                UPDATE weights_files SET state = 'inspecting', owner = {owner}, lease_until = clock_timestamp() + {RunLease.Duration},
                    attempt = attempt + 1,
                  lapses = lapses + CASE WHEN state = 'inspecting' THEN 1 ELSE 0 END
                WHERE (org_id, id) = (
                  SELECT org_id, id FROM weights_files WHERE {room} > size AND (state = 'queued' OR (state = 'inspecting'
                      AND COALESCE(lease_until, '-infinity') < clock_timestamp()))
                  ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING weights_files.*, weights_files.xmin
                """
            )
            .IgnoreAllFilters()
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return rows.Select(w => new ClaimedWeights(w.OrgId, w.Id, w.FileName, w.Asked, owner, w.Attempt, w)).SingleOrDefault();
    }

    /// <returns>False if another worker has it, or it was deleted.</returns>
    public async Task<bool> RenewAsync(ClaimedWeights claim, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        return await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE weights_files SET lease_until = clock_timestamp() + {RunLease.Duration}
                WHERE org_id = {claim.OrgId} AND id = {claim.Id} AND owner = {claim.Owner} AND attempt = {claim.Attempt}
                    AND state = 'inspecting'
                """,
                cancellationToken
            ) == 1;
    }

    /// <summary>Back to the queue, with the deaths counted by the claim. A worker that was told to stop has counted none.</summary>
    public async Task GiveBackAsync(ClaimedWeights claim, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await Held(db, claim)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(w => w.State, WeightsState.Queued)
                        .SetProperty(w => w.Owner, (string?)null)
                        .SetProperty(w => w.LeaseUntil, (DateTimeOffset?)null)
                        .SetProperty(w => w.Deaths, claim.Restarts.Deaths),
                cancellationToken
            );
    }

    /// <summary>The uploaded bytes are kept if the claim's counters say so.</summary>
    /// <param name="hash">Hash of the stored file, if it can be used.</param>
    /// <returns>False if another worker has it, or it was deleted.</returns>
    public async Task<bool> EndAsync(
        ClaimedWeights claim,
        WeightsReport? report,
        string? hash,
        Failure? error,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.System();
        if (await Held(db, claim).SingleOrDefaultAsync(cancellationToken) is not { } row)
            return false;
        row.State = error is null ? WeightsState.Ready : WeightsState.Failed;
        row.Report = report;
        row.ContentHash = hash;
        row.Error = error;
        row.FinishedAt = now;
        row.Owner = null;
        row.LeaseUntil = null;
        row.CountAs(claim.Restarts);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    private static IQueryable<UploadedWeights> Held(GpuGeekDbContext db, ClaimedWeights claim) =>
        db
            .UploadedWeights.IgnoreTenantFilter()
            .Where(w =>
                w.OrgId == claim.OrgId
                && w.Id == claim.Id
                && w.Owner == claim.Owner
                && w.Attempt == claim.Attempt
                && w.State == WeightsState.Inspecting
            );
}
