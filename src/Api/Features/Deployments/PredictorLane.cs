using System.Text.Json;
using GpuGeek.Api.Shared;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Deployments;

/// <summary>
/// Makes one predictor load what is placed on it. A predictor keeps nothing over a restart, so everything is compared again after each,
/// and now and then, instead of remembering what was sent. If a version cannot be loaded, the previous one stays live.
/// </summary>
internal sealed partial class PredictorLane(
    PredictorClient predictor,
    IDbContexts contexts,
    IObjectStore store,
    DeploymentOutcome outcome,
    ReconcilerTimes times,
    TimeProvider clock,
    ILogger<PredictorLane> logger
)
{
    private Guid? _boot;
    private DateTimeOffset? _lostAt;
    private DateTimeOffset _again = DateTimeOffset.MaxValue;
    private TimeSpan _pause = times.Retry;

    public string Address => predictor.Address;
    public ChangeInbox Inbox { get; } = new(clock);

    /// <summary>It answers, or it has not been lost for long and probably restarts.</summary>
    public bool IsUsable => _lostAt is not { } at || clock.GetUtcNow() - at < times.MoveAfter;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var changes = new DeploymentChanges(false, []);
            try
            {
                if (await IsReachedAsync(cancellationToken))
                {
                    if (clock.GetUtcNow() >= _again)
                        Inbox.AddAll();
                    changes = Inbox.Take();
                    if (!changes.IsEmpty)
                        Remember(changes, await ReconcileAsync(changes, cancellationToken));
                }
            }
            // The predictor restarts, or the database or the object store is not available.
            catch (Exception failure) when (DeploymentReconciler.IsTransient(failure, cancellationToken))
            {
                LogLater(Address, failure.Message);
                Inbox.Add(changes);
                await Task.Delay(times.Retry, clock, cancellationToken);
            }
            await Inbox.WaitAsync(times.Probe, cancellationToken);
        }
    }

    // What was refused may be accepted later: a predictor that had no memory left, an object that was restored.
    private void Remember(DeploymentChanges changes, bool isMet)
    {
        if (!isMet)
            (_again, _pause) = (clock.GetUtcNow() + _pause, _pause * 2 < times.Poll ? _pause * 2 : times.Poll);
        else if (changes.All)
            (_again, _pause) = (DateTimeOffset.MaxValue, times.Retry);
    }

    private async Task<bool> IsReachedAsync(CancellationToken cancellationToken)
    {
        if (await predictor.BootIdAsync(cancellationToken) is { } boot)
        {
            if (boot != _boot)
                Inbox.AddAll();
            (_boot, _lostAt) = (boot, null);
            return true;
        }
        _boot = null;
        if (_lostAt is not null)
            return false;
        LogLost(Address);
        // Pictures go to the other predictors of a deployment, without a try here.
        await using var db = contexts.System();
        await db.Database.ExecuteSqlAsync(
            $"UPDATE deployments SET loaded_on = array_remove(loaded_on, {Address}) WHERE {Address} = ANY (loaded_on)",
            cancellationToken
        );
        _lostAt = clock.GetUtcNow();
        return false;
    }

    /// <returns>False: a model could not be loaded, and is to be tried again.</returns>
    private async Task<bool> ReconcileAsync(DeploymentChanges changes, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var wanted = await db
            .Deployments.IgnoreTenantFilter()
            .AsNoTracking()
            .Where(d => d.DeletionId == null && d.PlacedOn.Contains(Address) && (changes.All || changes.Some.Contains(d.Id)))
            .ToListAsync(cancellationToken);
        var targets = wanted.Select(d => d.Target).ToList();
        var versions = await db
            .ModelVersions.IgnoreTenantFilter()
            .Where(v => targets.Contains(v.Id))
            .Select(v => new { v.Id, v.OnnxHash })
            .ToDictionaryAsync(v => v.Id, v => v.OnnxHash, cancellationToken);
        var loaded = (await predictor.StateAsync(cancellationToken)).Deployments.ToDictionary(
            d => d.Key,
            d => d.OnnxHash,
            StringComparer.Ordinal
        );
        var isMet = true;
        foreach (var deployment in wanted)
            if (deployment.Target is { } target)
                isMet &= await ReconcileAsync(
                    db,
                    deployment,
                    "sha256:" + versions[target],
                    loaded.GetValueOrDefault(DeploymentKey.Of(deployment.OrgId, deployment.Id)),
                    cancellationToken
                );
        var known = wanted.Select(d => DeploymentKey.Of(d.OrgId, d.Id)).ToHashSet(StringComparer.Ordinal);
        foreach (var orphan in loaded.Keys.Where(key => !known.Contains(key) && changes.Cover(key)))
            await predictor.UnloadAsync(orphan, cancellationToken);
        return isMet;
    }

    private async Task<bool> ReconcileAsync(
        GpuGeekDbContext db,
        Deployment deployment,
        string hash,
        string? loadedHash,
        CancellationToken cancellationToken
    )
    {
        if (loadedHash == hash)
        {
            await outcome.LoadedAsync(deployment, Address, cancellationToken);
            return true;
        }
        var version = await db
            .ModelVersions.IgnoreTenantFilter()
            .AsNoTracking()
            .SingleAsync(v => v.OrgId == deployment.OrgId && v.Id == deployment.Target, cancellationToken);
        if (await LoadAsync(deployment, version, cancellationToken) is { } failure)
        {
            await outcome.RefusedAsync(deployment, Address, holdsAnother: loadedHash is not null, failure, cancellationToken);
            return false;
        }
        await outcome.LoadedAsync(deployment, Address, cancellationToken);
        return true;
    }

    private async Task<Failure?> LoadAsync(Deployment deployment, ModelVersion version, CancellationToken cancellationToken)
    {
        try
        {
            await using var onnx = await store.OpenReadAsync(ObjectKeys.Content(version.OrgId, version.OnnxHash), cancellationToken);
            await predictor.LoadAsync(
                DeploymentKey.Of(deployment.OrgId, deployment.Id),
                JsonSerializer.SerializeToUtf8Bytes(version.Manifest, RunDirectory.Json),
                onnx,
                cancellationToken
            );
            return null;
        }
        catch (PredictorRefusedException refused)
        {
            LogRefused(deployment.Id, Address, refused.Problem.Code);
            return new(
                refused.Problem.Code,
                "The model could not be loaded",
                refused.Problem.Detail,
                refused.Problem.Hint ?? "Deploy another version."
            );
        }
        catch (Exception failure) when ((failure as DamagedObjectException ?? failure.InnerException) is DamagedObjectException damaged)
        {
            LogDamaged(deployment.Id, damaged.Key);
            return new(
                "model_file_damaged",
                "The model's file is damaged",
                "The stored file differs from the file that was saved for this version.",
                "Train the version again or restore the object store."
            );
        }
        catch (ObjectNotFoundException)
        {
            return new(
                "model_file_missing",
                "The model's file is missing",
                "The object store no longer has the file of this version.",
                "Train the version again or restore the object store."
            );
        }
    }

    [LoggerMessage(LogLevel.Debug, "Comparing the deployments on {Predictor} failed; retrying later: {Reason}")]
    private partial void LogLater(string predictor, string reason);

    [LoggerMessage(LogLevel.Warning, "The predictor at {Predictor} does not answer; retrying")]
    private partial void LogLost(string predictor);

    [LoggerMessage(LogLevel.Error, "The model of deployment {Deployment} is damaged: object {Key}")]
    private partial void LogDamaged(Guid deployment, string key);

    [LoggerMessage(LogLevel.Warning, "The version of deployment {Deployment} was refused by the predictor at {Predictor}: {Code}")]
    private partial void LogRefused(Guid deployment, string predictor, string code);
}
