using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Imports;

/// <summary>Claims and completes imports.</summary>
internal sealed class ImportLeases(IDbContexts contexts, ILiveNotifier live, TimeProvider clock)
{
    /// <summary>The oldest import that is queued or whose lease has expired.</summary>
    /// <param name="room">Bytes that may be written to the disk: an import with a larger archive stays in the queue.</param>
    public async Task<ClaimedImport?> NextAsync(string owner, long room, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var rows = await db
            .Imports.FromSql(
                $"""
                UPDATE imports SET state = 'running', owner = {owner}, lease_until = clock_timestamp() + {RunLease.Duration},
                    attempt = attempt + 1,
                  lapses = lapses + CASE WHEN state = 'running' THEN 1 ELSE 0 END, started_at = COALESCE(started_at, clock_timestamp())
                WHERE (org_id, id) = (
                  SELECT org_id, id FROM imports
                  WHERE {room} > size AND (state = 'queued' OR (state = 'running'
                      AND COALESCE(lease_until, '-infinity') < clock_timestamp()))
                  ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING imports.*, imports.xmin
                """
            )
            .IgnoreAllFilters()
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return rows.Select(i => new ClaimedImport(i.OrgId, i.Id, i.DatasetId, i.Source, i.FileName, owner, i.Attempt, i)).SingleOrDefault();
    }

    /// <returns>Whether the cancellation of the import was requested.</returns>
    /// <exception cref="StaleImportException"/>
    public async Task<bool> RenewAsync(ClaimedImport claim, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var asked = await db
            .Database.SqlQuery<bool>(
                $"""
                UPDATE imports SET lease_until = clock_timestamp() + {RunLease.Duration}
                WHERE org_id = {claim.OrgId} AND id = {claim.Id} AND owner = {claim.Owner} AND attempt = {claim.Attempt}
                    AND state = 'running'
                RETURNING cancel_requested AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
        return asked.Count == 1 ? asked[0] : throw new StaleImportException(claim.Id);
    }

    /// <summary>A new attempt starts from the beginning: rows of a dead attempt are deleted.</summary>
    /// <exception cref="StaleImportException"/>
    public Task BeginAsync(ClaimedImport claim, CancellationToken cancellationToken) =>
        WriteAsync(
            claim,
            async db =>
            {
                await TakeBackAsync(db, claim, [], cancellationToken);
                await db
                    .SkippedFiles.IgnoreTenantFilter()
                    .Where(s => s.OrgId == claim.OrgId && s.ImportId == claim.Id)
                    .ExecuteDeleteAsync(cancellationToken);
                await db.Database.ExecuteSqlAsync(
                    $"UPDATE imports SET accepted = 0, skipped = 0, progress = 0 WHERE org_id = {claim.OrgId} AND id = {claim.Id}",
                    cancellationToken
                );
            },
            cancellationToken
        );

    /// <summary>Returns the import to the queue without counting: a worker that was told to stop says nothing about the
    /// archive.</summary>
    /// <exception cref="StaleImportException"/>
    public Task GiveBackAsync(ClaimedImport claim, CancellationToken cancellationToken) =>
        WriteAsync(claim, db => RequeueAsync(db, claim, cancellationToken), cancellationToken);

    /// <summary>The child died: back to the queue, or failed after too many deaths. In that case the upload is kept, so that the import
    /// can be retried.</summary>
    /// <returns>Whether the import failed.</returns>
    /// <exception cref="StaleImportException"/>
    public async Task<bool> ChildDiedAsync(
        ClaimedImport claim,
        Failure tooOften,
        IReadOnlyCollection<Guid> createdClasses,
        CancellationToken cancellationToken
    )
    {
        if (claim.Restarts.CountDeath(ImportSupervisor.MaxDeaths))
        {
            claim.Restarts.Keep(clock.GetUtcNow());
            await EndAsync(claim, ImportState.Failed, tooOften, createdClasses, cancellationToken);
            return true;
        }
        await WriteAsync(
            claim,
            async db =>
            {
                await db.Database.ExecuteSqlAsync(
                    $"UPDATE imports SET deaths = {claim.Restarts.Deaths} WHERE org_id = {claim.OrgId} AND id = {claim.Id}",
                    cancellationToken
                );
                await RequeueAsync(db, claim, cancellationToken);
            },
            cancellationToken
        );
        return false;
    }

    /// <summary>The data that a retry needs are kept if the claim's counters say so.</summary>
    /// <param name="createdClasses">Classes created by this import: they are deleted with it if no other picture uses them.</param>
    /// <exception cref="StaleImportException"/>
    public Task EndAsync(
        ClaimedImport claim,
        ImportState state,
        Failure? error,
        IReadOnlyCollection<Guid> createdClasses,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            claim,
            async db =>
            {
                if (state != ImportState.Succeeded)
                    await TakeBackAsync(db, claim, createdClasses, cancellationToken);
                var kept = state == ImportState.Succeeded;
                var name = state.ToString().ToLowerInvariant();
                var json = error is null ? null : System.Text.Json.JsonSerializer.Serialize(error, RunDirectory.Json);
                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE imports SET state = {name}, error = {json}::jsonb, owner = NULL, lease_until = NULL,
                        finished_at = clock_timestamp(),
                      accepted = CASE WHEN {kept} THEN accepted ELSE 0 END, progress = CASE WHEN {kept} THEN 1 ELSE progress END,
                      deaths = {claim.Restarts.Deaths}, retry_until = {claim.Restarts.RetryUntil}
                    WHERE org_id = {claim.OrgId} AND id = {claim.Id}
                    """,
                    cancellationToken
                );
                await db.EnqueueAsync(
                    WebhookEvents.OfImport(claim.OrgId, claim.Id, claim.DatasetId, state, error?.Code),
                    clock.GetUtcNow(),
                    cancellationToken
                );
                await db.SaveChangesAsync(cancellationToken);
            },
            cancellationToken
        );

    private static Task<int> RequeueAsync(GpuGeekDbContext db, ClaimedImport claim, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"UPDATE imports SET state = 'queued', owner = NULL, lease_until = NULL WHERE org_id = {claim.OrgId} AND id = {claim.Id}",
            cancellationToken
        );

    /// <summary>One transaction, protected against other owners.</summary>
    /// <exception cref="StaleImportException"/>
    public async Task WriteAsync(ClaimedImport claim, Func<GpuGeekDbContext, Task> write, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var held = await db
            .Database.SqlQuery<int>(
                $"""
                SELECT attempt AS "Value" FROM imports
                WHERE org_id = {claim.OrgId} AND id = {claim.Id} AND owner = {claim.Owner} AND attempt = {claim.Attempt}
                    AND state = 'running' FOR NO KEY UPDATE
                """
            )
            .ToListAsync(cancellationToken);
        if (held.Count == 0)
            throw new StaleImportException(claim.Id);
        await write(db);
        await transaction.CommitAsync(cancellationToken);
        await live.ImportChangedAsync(claim.OrgId, claim.DatasetId);
    }

    private static async Task TakeBackAsync(
        GpuGeekDbContext db,
        ClaimedImport claim,
        IReadOnlyCollection<Guid> createdClasses,
        CancellationToken cancellationToken
    )
    {
        await db
            .DatasetImages.IgnoreTenantFilter()
            .Where(i => i.OrgId == claim.OrgId && i.ImportId == claim.Id)
            .ExecuteDeleteAsync(cancellationToken);
        await db
            .DatasetClasses.IgnoreTenantFilter()
            .Where(c =>
                c.OrgId == claim.OrgId
                && createdClasses.Contains(c.Id)
                && !db.DatasetImages.IgnoreTenantFilter().Any(i => i.OrgId == c.OrgId && i.ClassId == c.Id)
            )
            .ExecuteDeleteAsync(cancellationToken);
    }
}
