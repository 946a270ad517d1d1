using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Infrastructure.Webhooks;
using GpuGeek.Worker.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Storage;

/// <param name="Forgotten">Failed runs and jobs that can no longer be retried.</param>
/// <param name="Abandoned">Uploads whose bytes never arrived, or stopped arriving.</param>
internal sealed record ExpiryRound(int Forgotten, int Abandoned);

/// <summary>
/// Removes what was kept for a limited time: checkpoints and uploads of work that failed because of too many interruptions, and uploads
/// without new bytes. The row changes first, so that nobody can rely on an object that is about to be deleted; if the deletion fails, the
/// janitor finds the object.
/// </summary>
internal sealed partial class Expiry(
    IDbContexts contexts,
    KeptRuns runs,
    CheckpointTransfer checkpoints,
    IObjectStore store,
    ILiveNotifier live,
    TimeProvider clock,
    IOptions<JanitorOptions> options,
    ILogger<Expiry> logger
)
{
    private sealed record Row(Guid OrgId, Guid Id, Guid? DatasetId);

    public async Task<ExpiryRound> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await ForgetEditsAsync(cancellationToken);
        var forgotten = await ForgetRunsAsync(now, cancellationToken) + await ForgetUploadsAsync(now, cancellationToken);
        var abandoned =
            await EndImportsAsync(now - options.Value.UploadLimit, cancellationToken)
            + await EndWeightsAsync(now - options.Value.UploadLimit, cancellationToken);
        if (forgotten + abandoned > 0)
            LogRound(forgotten, abandoned);
        return new(forgotten, abandoned);
    }

    /// <summary>Changes of pictures that can no longer be undone.</summary>
    private async Task ForgetEditsAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await db
            .ImageEdits.IgnoreTenantFilter()
            .Where(e => e.CreatedAt < DatabaseClock.Now() - ImageEdit.UndoableFor)
            .ExecuteDeleteAsync(cancellationToken);
    }

    private async Task<int> ForgetRunsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var forgotten = await runs.ForgetAsync(now, cancellationToken);
        foreach (var (org, run) in forgotten)
            await checkpoints.DeleteAsync($"{ObjectKeys.Organisation(org)}runs/{run:N}", cancellationToken);
        return forgotten.Count;
    }

    private async Task<int> ForgetUploadsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var rows = await db
            .Database.SqlQuery<Row>(
                $"""
                UPDATE jobs SET retry_until = NULL WHERE retry_until <= {now} RETURNING org_id, id, dataset_id
                """
            )
            .ToListAsync(cancellationToken);
        await DeleteUploadsAsync(rows, cancellationToken);
        return rows.Count;
    }

    private async Task<int> EndImportsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var rows = await db
            .Database.SqlQuery<Row>(
                $"""
                UPDATE imports SET state = 'failed', error = {Json(Abandoned("archive"))}::jsonb, stopped_at = clock_timestamp()
                WHERE state = 'uploading' AND COALESCE(upload_active_at, created_at) < {before} RETURNING org_id, id, dataset_id
                """
            )
            .ToListAsync(cancellationToken);
        foreach (var row in rows)
            await db.EnqueueAsync(
                WebhookEvents.OfImport(row.OrgId, row.Id, row.DatasetId!.Value, AbandonedCode),
                clock.GetUtcNow(),
                cancellationToken
            );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        foreach (var row in rows)
            await live.ImportChangedAsync(row.OrgId, row.DatasetId!.Value);
        await DeleteUploadsAsync(rows, cancellationToken);
        return rows.Count;
    }

    private async Task<int> EndWeightsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var rows = await db
            .Database.SqlQuery<Row>(
                $"""
                UPDATE uploaded_weights SET state = 'failed', error = {Json(Abandoned("file"))}::jsonb, stopped_at = clock_timestamp()
                WHERE state = 'uploading' AND COALESCE(upload_active_at, created_at) < {before} RETURNING org_id, id,
                    NULL::uuid AS dataset_id
                """
            )
            .ToListAsync(cancellationToken);
        await DeleteUploadsAsync(rows, cancellationToken);
        return rows.Count;
    }

    private async Task DeleteUploadsAsync(List<Row> rows, CancellationToken cancellationToken)
    {
        foreach (var row in rows)
            await StoredUploads.DeleteAsync(store, row.OrgId, row.Id, cancellationToken);
    }

    private const string AbandonedCode = "upload_abandoned";

    private Failure Abandoned(string what) =>
        new(
            AbandonedCode,
            "The upload did not finish",
            $"No more bytes of the {what} arrived for {options.Value.UploadHours} hours: the connection broke, or the server stopped "
                + "meanwhile.",
            $"Upload the {what} again."
        );

    private static string Json(Failure failure) => System.Text.Json.JsonSerializer.Serialize(failure, RunDirectory.Json);

    [LoggerMessage(
        LogLevel.Information,
        "{Forgotten} failed runs and jobs can no longer be retried, and their kept files are deleted; "
            + "{Abandoned} unfinished uploads have failed"
    )]
    private partial void LogRound(int forgotten, int abandoned);
}
