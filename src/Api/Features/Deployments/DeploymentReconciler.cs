using GpuGeek.Api.Shared;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Api.Features.Deployments;

/// <summary>
/// Loads the versions that the deployments name into the predictors. One of the Apis does it at a time (<see cref="ReconcilerLease"/>): it
/// places changed deployments, and a lane for each predictor loads what is placed there. Changes come by notification; a slow poll finds
/// those whose notification was lost.
/// </summary>
internal sealed partial class DeploymentReconciler(
    IDbContexts contexts,
    PredictorPool pool,
    LiveListener listener,
    ReconcilerTimes times,
    IServiceProvider services,
    TimeProvider clock,
    ILogger<DeploymentReconciler> logger
) : BackgroundService
{
    /// <summary>The predictor, the database or the object store is away for a while.</summary>
    public static bool IsTransient(Exception failure, CancellationToken stopping) =>
        failure
            is HttpRequestException
                or IOException
                or PredictorRefusedException
                or NpgsqlException
                or DbUpdateException
                or InvalidOperationException
        || failure is TaskCanceledException && !stopping.IsCancellationRequested;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var lease = await ReconcilerLease.TryTakeAsync(contexts, stoppingToken);
                if (lease is not null)
                    await ReconcileAsync(lease, stoppingToken);
            }
            catch (Exception failure) when (IsTransient(failure, stoppingToken))
            {
                LogLost(failure.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(times.Lease, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReconcileAsync(ReconcilerLease lease, CancellationToken stoppingToken)
    {
        var inbox = new ChangeInbox(clock);
        void OnChanged(LiveChange change)
        {
            if (change.Kind != LiveChange.DeploymentKind)
                return;
            if (change.Subject == Guid.Empty)
                inbox.AddAll();
            else
                inbox.Add([change.Subject]);
        }
        using var term = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var lanes = pool.All.Select(predictor => ActivatorUtilities.CreateInstance<PredictorLane>(services, predictor)).ToList();
        listener.Changed += OnChanged;
        listener.Reconnected += inbox.AddAll;
        try
        {
            Task[] work =
            [
                lease.WatchAsync(times.Lease, term.Token),
                PlaceAsync(inbox, lanes, term.Token),
                .. lanes.Select(lane => lane.RunAsync(term.Token)),
            ];
            var ended = await Task.WhenAny(work);
            await term.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ended;
        }
        finally
        {
            listener.Reconnected -= inbox.AddAll;
            listener.Changed -= OnChanged;
        }
    }

    private async Task PlaceAsync(ChangeInbox inbox, List<PredictorLane> lanes, CancellationToken cancellationToken)
    {
        List<string> usable = [];
        var polledAt = DateTimeOffset.MinValue;
        while (true)
        {
            var now = lanes.Where(lane => lane.IsUsable).Select(lane => lane.Address).ToList();
            if (!now.SequenceEqual(usable) || clock.GetUtcNow() - polledAt >= times.Poll)
            {
                (usable, polledAt) = (now, clock.GetUtcNow());
                inbox.AddAll();
            }
            var changes = inbox.Take();
            if (!changes.IsEmpty)
                await PlaceAsync(changes, usable, inbox, lanes, cancellationToken);
            await inbox.WaitAsync(times.Probe, cancellationToken);
        }
    }

    private async Task PlaceAsync(
        DeploymentChanges changes,
        List<string> usable,
        ChangeInbox inbox,
        List<PredictorLane> lanes,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await DeploymentPlacer.PlaceAsync(contexts, changes, usable, cancellationToken);
            foreach (var lane in lanes)
                lane.Inbox.Add(changes);
        }
        catch (Exception failure) when (IsTransient(failure, cancellationToken))
        {
            LogLater(failure.Message);
            inbox.Add(changes);
            await Task.Delay(times.Retry, clock, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Placing deployments failed; retrying: {Reason}")]
    private partial void LogLater(string reason);

    [LoggerMessage(LogLevel.Warning, "Reconciling deployments stopped; retrying: {Reason}")]
    private partial void LogLost(string reason);
}
