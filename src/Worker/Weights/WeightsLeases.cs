using GpuGeek.Domain.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Weights;

internal sealed record ClaimedWeights(Guid OrgId, Guid Id, string FileName, string? Asked, string Owner, int Attempt);

/// <summary>Claims weights files that wait to be read, and writes down what was found.</summary>
internal sealed class WeightsLeases(IDbContexts contexts)
{
    /// <summary>The oldest file that waits, or whose reader fell silent.</summary>
    public async Task<ClaimedWeights?> NextAsync(string owner, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var rows = await db.UploadedWeights.FromSql($"""
            UPDATE weights_files SET state = 'inspecting', owner = {owner}, lease_until = clock_timestamp() + {RunLease.Duration}, attempt = attempt + 1
            WHERE (org_id, id) = (
              SELECT org_id, id FROM weights_files WHERE state = 'queued' OR (state = 'inspecting' AND COALESCE(lease_until, '-infinity') < clock_timestamp())
              ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING weights_files.*, weights_files.xmin
            """).AsWritten().AsNoTracking().ToListAsync(cancellationToken);
        return rows.Select(w => new ClaimedWeights(w.OrgId, w.Id, w.FileName, w.Asked, owner, w.Attempt)).SingleOrDefault();
    }

    /// <returns>False when somebody else has it, or it was deleted.</returns>
    public async Task<bool> RenewAsync(ClaimedWeights claim, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        return await db.Database.ExecuteSqlAsync($"""
            UPDATE weights_files SET lease_until = clock_timestamp() + {RunLease.Duration}
            WHERE org_id = {claim.OrgId} AND id = {claim.Id} AND owner = {claim.Owner} AND attempt = {claim.Attempt} AND state = 'inspecting'
            """, cancellationToken) == 1;
    }

    /// <summary>Back to the queue.</summary>
    /// <param name="counts">Whether this attempt counts: a worker that ends is no fault of the file.</param>
    public async Task GiveBackAsync(ClaimedWeights claim, bool counts, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await Held(db, claim).ExecuteUpdateAsync(set => set
            .SetProperty(w => w.State, WeightsState.Queued).SetProperty(w => w.Owner, (string?)null).SetProperty(w => w.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(w => w.Attempt, w => counts ? w.Attempt : w.Attempt - 1), cancellationToken);
    }

    /// <param name="hash">Of the stored file, when it can be used.</param>
    /// <returns>False when somebody else has it, or it was deleted.</returns>
    public async Task<bool> EndAsync(ClaimedWeights claim, WeightsReport? report, string? hash, Failure? error, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        if (await Held(db, claim).SingleOrDefaultAsync(cancellationToken) is not { } row) return false;
        (row.State, row.Report, row.ContentHash, row.Error, row.FinishedAt, row.Owner, row.LeaseUntil) = (error is null ? WeightsState.Ready : WeightsState.Failed, report, hash, error, now, null, null);
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
        db.UploadedWeights.OfEveryOrg().Where(w => w.OrgId == claim.OrgId && w.Id == claim.Id && w.Owner == claim.Owner && w.Attempt == claim.Attempt && w.State == WeightsState.Inspecting);
}
