using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Worker.Storage;

/// <summary>
/// Carries out deletions whose grace period has ended: rows and stored objects are deleted in one transaction, which commits once the
/// objects are deleted. If a round fails, all rows are still there, hidden, and the next round repeats it. A database backup that is not
/// older than the grace period references no purged object, except in rows that are already marked as deleted.
/// </summary>
internal sealed partial class Purge(IDbContexts contexts, IObjectStore store, TimeProvider clock, ILogger<Purge> logger)
{
    /// <returns>Number of deletions carried out.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var due in await DueAsync(cancellationToken))
            if (await TryAsync(due, cancellationToken))
                done++;
        return done;
    }

    private async Task<List<Deletion>> DueAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var now = clock.GetUtcNow();
        return await db
            .Deletions.IgnoreTenantFilter()
            .AsNoTracking()
            .Where(d => d.PurgeAt <= now)
            .OrderBy(d => d.PurgeAt)
            .ToListAsync(cancellationToken);
    }

    private async Task<bool> TryAsync(Deletion due, CancellationToken cancellationToken)
    {
        try
        {
            return await CarryOutAsync(due, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // One failed deletion must not block the others; the next round retries it.
            LogFailed(failure, due.Kind, due.TargetId, due.OrgId);
            return false;
        }
    }

    private async Task<bool> CarryOutAsync(Deletion due, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Another worker has it, or it was restored just now.
        var locked = await db
            .Database.SqlQuery<Guid>(
                $"SELECT id AS \"Value\" FROM deletions WHERE org_id = {due.OrgId} AND id = {due.Id} FOR UPDATE SKIP LOCKED"
            )
            .ToListAsync(cancellationToken);
        if (locked.Count == 0)
            return false;
        if (await IsBusyAsync(db, due, cancellationToken))
        {
            LogBusy(due.Kind, due.TargetId, due.OrgId);
            return false;
        }
        var steps = PurgePlan.Of(db, due.Kind);
        var files = new PurgedFiles(store);
        await files.NoteAsync(db, due, steps, cancellationToken);
        var rows = 0;
        foreach (var step in steps)
            rows += await step.DeleteAsync(db, due, cancellationToken);
        await ForgetAsync(db, due, cancellationToken);
        var objects = await files.DeleteAsync(db, due, clock.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        LogDone(due.Kind, due.TargetId, due.OrgId, rows, objects);
        return true;
    }

    // All work was requested to stop seven days ago. If some has not stopped yet, because no worker was running, wait for it.
    private static async Task<bool> IsBusyAsync(GpuGeekDbContext db, Deletion due, CancellationToken cancellationToken) =>
        await db
            .Runs.IgnoreTenantFilter()
            .AnyAsync(
                r =>
                    r.OrgId == due.OrgId
                    && r.DeletionId == due.Id
                    && db.RunLeases.IgnoreTenantFilter().Any(l => l.OrgId == r.OrgId && l.RunId == r.Id && l.Owner != null),
                cancellationToken
            )
        || await db
            .Jobs.IgnoreTenantFilter()
            .AnyAsync(
                j =>
                    j.OrgId == due.OrgId
                    && j.Owner != null
                    && (
                        db.Datasets.IgnoreTenantFilter().Any(d => d.OrgId == j.OrgId && d.Id == j.DatasetId && d.DeletionId == due.Id)
                        || db.Projects.IgnoreTenantFilter().Any(p => p.OrgId == j.OrgId && p.Id == j.ProjectId && p.DeletionId == due.Id)
                    ),
                cancellationToken
            );

    /// <summary>The deletion itself, and those of datasets that were deleted with their project.</summary>
    private static Task<int> ForgetAsync(GpuGeekDbContext db, Deletion due, CancellationToken cancellationToken) =>
        db
            .Deletions.IgnoreTenantFilter()
            .Where(d =>
                d.OrgId == due.OrgId
                && (
                    d.Id == due.Id
                    || (
                        d.Kind == DeletionKind.Dataset
                        && !db.Datasets.IgnoreTenantFilter().Any(s => s.OrgId == d.OrgId && s.Id == d.TargetId)
                    )
                )
            )
            .ExecuteDeleteAsync(cancellationToken);

    [LoggerMessage(LogLevel.Information, "Purged {Kind} {Target} of organisation {Org}: deleted {Rows} rows and {Objects} stored objects")]
    private partial void LogDone(DeletionKind kind, Guid target, Guid org, int rows, int objects);

    [LoggerMessage(
        LogLevel.Information,
        "Purge of {Kind} {Target} of organisation {Org} postponed: a run or a job in it has not stopped yet"
    )]
    private partial void LogBusy(DeletionKind kind, Guid target, Guid org);

    [LoggerMessage(LogLevel.Error, "Purge of {Kind} {Target} of organisation {Org} failed; retrying in the next round")]
    private partial void LogFailed(Exception failure, DeletionKind kind, Guid target, Guid org);
}
