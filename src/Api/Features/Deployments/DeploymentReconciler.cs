using System.Text.Json;
using GpuGeek.Api.Shared;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Api.Features.Deployments;

/// <summary>
/// Loads the versions that the deployments name into the predictor. The predictor keeps nothing over a restart, so the reconciler
/// compares repeatedly instead of remembering what it has sent. If a version cannot be loaded, the previous one stays live.
/// </summary>
internal sealed partial class DeploymentReconciler(
    IDbContexts contexts,
    IObjectStore store,
    PredictorClient predictor,
    LiveListener listener,
    ILiveNotifier live,
    TimeProvider clock,
    ILogger<DeploymentReconciler> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _poke = new(0);

    /// <summary>Notifies the reconciler of a change.</summary>
    public void Poke() => _poke.Release();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        void OnChanged(LiveChange change)
        {
            if (change.Kind == LiveChange.DeploymentKind)
                Poke();
        }
        listener.Changed += OnChanged;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await ReconcileAsync(stoppingToken);
                }
                // The predictor restarts, or the database or the object store is not available: the next round retries.
                catch (Exception failure)
                    when (failure
                            is HttpRequestException
                                or IOException
                                or PredictorRefusedException
                                or NpgsqlException
                                or DbUpdateException
                                or InvalidOperationException
                        || failure is TaskCanceledException && !stoppingToken.IsCancellationRequested
                    )
                {
                    LogLater(failure.Message);
                }
                await _poke.WaitAsync(Interval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        finally
        {
            listener.Changed -= OnChanged;
        }
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var wanted = await db.Deployments.IgnoreTenantFilter().Where(d => d.DeletionId == null).ToListAsync(cancellationToken);
        var loaded = (await predictor.StateAsync(cancellationToken)).Deployments.ToDictionary(
            d => d.Key,
            d => d.OnnxHash,
            StringComparer.Ordinal
        );
        foreach (var deployment in wanted)
            await ReconcileAsync(
                db,
                deployment,
                loaded.GetValueOrDefault(DeploymentKey.Of(deployment.OrgId, deployment.Id)),
                cancellationToken
            );
        var known = wanted.Select(d => DeploymentKey.Of(d.OrgId, d.Id)).ToHashSet(StringComparer.Ordinal);
        foreach (var orphan in loaded.Keys.Where(key => !known.Contains(key)))
            await predictor.UnloadAsync(orphan, cancellationToken);
    }

    private async Task ReconcileAsync(GpuGeekDbContext db, Deployment deployment, string? loadedHash, CancellationToken cancellationToken)
    {
        // A refused version is not retried until another version is requested. Until then the live version must stay loaded.
        var target = deployment.State == DeploymentState.Failed ? deployment.LiveVersionId : deployment.ModelVersionId;
        if (target is null)
            return;
        var version = await db
            .ModelVersions.IgnoreTenantFilter()
            .AsNoTracking()
            .SingleAsync(v => v.OrgId == deployment.OrgId && v.Id == target, cancellationToken);
        if (loadedHash == "sha256:" + version.OnnxHash)
        {
            if (deployment.State == DeploymentState.Starting)
                await SettleAsync(db, deployment, version, null, cancellationToken);
            return;
        }
        try
        {
            await using var onnx = await store.OpenReadAsync(ObjectKeys.Content(version.OrgId, version.OnnxHash), cancellationToken);
            await predictor.LoadAsync(
                DeploymentKey.Of(deployment.OrgId, deployment.Id),
                JsonSerializer.SerializeToUtf8Bytes(version.Manifest, RunDirectory.Json),
                onnx,
                cancellationToken
            );
            // The version was refused before and is accepted now; or only the previous one is loaded because the requested one stays
            // refused.
            if (target == deployment.ModelVersionId)
                await SettleAsync(db, deployment, version, null, cancellationToken);
        }
        catch (PredictorRefusedException refused)
        {
            LogRefused(deployment.Id, refused.Problem.Code);
            await SettleAsync(
                db,
                deployment,
                version,
                new(
                    refused.Problem.Code,
                    "The model could not be loaded",
                    refused.Problem.Detail,
                    refused.Problem.Hint ?? "Deploy another version."
                ),
                cancellationToken
            );
        }
        catch (Exception failure) when ((failure as DamagedObjectException ?? failure.InnerException) is DamagedObjectException damaged)
        {
            LogDamaged(deployment.Id, damaged.Key);
            await SettleAsync(
                db,
                deployment,
                version,
                new(
                    "model_file_damaged",
                    "The model's file is damaged",
                    "The stored file differs from the file that was saved for this version.",
                    "Train the version again or restore the object store."
                ),
                cancellationToken
            );
        }
        catch (ObjectNotFoundException)
        {
            await SettleAsync(
                db,
                deployment,
                version,
                new(
                    "model_file_missing",
                    "The model's file is missing",
                    "The object store no longer has the file of this version.",
                    "Train the version again or restore the object store."
                ),
                cancellationToken
            );
        }
    }

    private async Task SettleAsync(
        GpuGeekDbContext db,
        Deployment deployment,
        ModelVersion version,
        Domain.Common.Failure? failure,
        CancellationToken cancellationToken
    )
    {
        if (failure is not null && deployment.State == DeploymentState.Failed && deployment.Error == failure)
            return;
        var before = (deployment.State, deployment.LiveVersionId);
        deployment.State = failure is null ? DeploymentState.Live : DeploymentState.Failed;
        deployment.Error = failure;
        if (failure is null)
            deployment.LiveVersionId = version.Id;
        deployment.UpdatedAt = clock.GetUtcNow();
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            // A predictor that restarts is loaded again, which is not a new event.
            if (before != (deployment.State, deployment.LiveVersionId))
                await db.EnqueueAsync(WebhookEvents.Of(deployment), deployment.UpdatedAt, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            await live.DeploymentChangedAsync(deployment.OrgId);
        }
        catch (DbUpdateConcurrencyException)
        {
            // In the meantime another version was requested, or the deployment was deleted: the next round handles it.
            db.ChangeTracker.Clear();
        }
    }

    [LoggerMessage(LogLevel.Debug, "Comparing deployments failed; retrying later: {Reason}")]
    private partial void LogLater(string reason);

    [LoggerMessage(LogLevel.Error, "The model of deployment {Deployment} is damaged: object {Key}")]
    private partial void LogDamaged(Guid deployment, string key);

    [LoggerMessage(LogLevel.Warning, "The predictor refused the version of deployment {Deployment}: {Code}")]
    private partial void LogRefused(Guid deployment, string code);
}
