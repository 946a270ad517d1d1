using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>Failed runs whose checkpoint is kept for the promised time, so that they can be resumed.</summary>
public sealed class KeptRuns(IDbContexts contexts, ILiveNotifier live)
{
    private sealed record Kept(Guid OrgId, Guid Id);

    /// <summary>Ends the promises that have expired: from here on nobody can resume these runs, and their objects can be
    /// deleted.</summary>
    public async Task<IReadOnlyList<(Guid OrgId, Guid Run)>> ForgetAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var due = await db
            .Database.SqlQuery<Kept>($"SELECT org_id, id FROM runs WHERE retry_until <= {now} ORDER BY retry_until LIMIT 1000")
            .ToListAsync(cancellationToken);
        var forgotten = new List<(Guid, Guid)>();
        foreach (var one in due)
            if (await ForgetAsync(one, now, cancellationToken))
                forgotten.Add((one.OrgId, one.Id));
        return forgotten;
    }

    private async Task<bool> ForgetAsync(Kept one, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // The lease first and then the run, like all code that writes a run.
        await db.Database.ExecuteSqlAsync(
            $"SELECT 1 FROM run_leases WHERE org_id = {one.OrgId} AND run_id = {one.Id} FOR NO KEY UPDATE",
            cancellationToken
        );
        var run = await db.LockedRunAsync(one.OrgId, one.Id, cancellationToken);
        // Resumed in the meantime.
        if (run.State != RunState.Failed || run.RetryUntil is null || run.MayRetry(now))
            return false;
        run.ForgetCheckpoint();
        run.LastSeq++;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await live.RunChangedAsync(one.OrgId, one.Id);
        return true;
    }
}
