using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>Requests the cancellation of runs: one by id, or all active runs of a deletion.</summary>
internal static class RunCancellation
{
    /// <param name="db">In a transaction.</param>
    /// <exception cref="Domain.Common.DomainException">One of them has ended.</exception>
    public static async Task<List<Run>> RequestAsync(
        GpuGeekDbContext db,
        IQueryable<Run> runs,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var ids = await runs.Select(r => r.Id).ToArrayAsync(cancellationToken);
        // The worker's writes lock the lease first, and so does this, so that neither overwrites the other.
        await db.Database.ExecuteSqlAsync(
            $"SELECT 1 FROM run_leases WHERE run_id = ANY({ids}) ORDER BY run_id FOR NO KEY UPDATE",
            cancellationToken
        );
        // Read again, because a run may have ended before it was locked.
        var rows = await runs.ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            row.RequestCancel(now);
            await db.EnqueueAsync(WebhookEvents.Of(row), now, cancellationToken);
        }
        await db.SaveChangesAsync(cancellationToken);
        return rows;
    }
}
