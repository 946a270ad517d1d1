using System.Data.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>The slots of this worker, each of which claims and supervises one run after another, and the sweep that finds runs with an
/// expired lease.</summary>
internal sealed partial class RunService(
    RunClaims claims,
    RunSweep sweep,
    RunPlans plans,
    RunSupervisor supervisor,
    LeaseKeeper keeper,
    RunRoom room,
    RunWakeUp wake,
    IOptions<WorkerOptions> options,
    TimeProvider clock,
    ILogger<RunService> logger
) : BackgroundService
{
    private readonly SemaphoreSlim _directories = new(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await Task.WhenAll([
            SweepAsync(stoppingToken),
            .. Enumerable.Range(0, options.Value.Slots).Select(slot => ServeAsync(slot, stoppingToken)),
        ]);
    }

    private async Task ServeAsync(int slot, CancellationToken draining)
    {
        var owner = $"{Environment.MachineName}/{Environment.ProcessId}/{slot}";
        while (!draining.IsCancellationRequested)
        {
            try
            {
                var fitting = room.Fitting();
                if (await claims.NextAsync(owner, draining, fitting) is { } claim)
                {
                    using var lease = await HoldAsync(claim);
                    await supervisor.SuperviseAsync(lease, draining);
                    continue;
                }
                if (fitting is not null)
                    await room.TellAsync(fitting, draining);
            }
            catch (OperationCanceledException) when (draining.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The slot keeps running: the run's lease expires and the sweep requeues the run.
                LogSlotFailed(failure, slot);
            }
            await QuietAsync(wake.WaitAsync(draining));
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        var blindUntil = clock.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await RemoveLeftoversAsync(stopping);
                if (clock.GetTimestamp() >= blindUntil)
                {
                    var changed = await sweep.SweepAsync(stopping);
                    if (changed > 0)
                        wake.Signal();
                    else if (changed is null)
                        blindUntil = OwnersFirst();
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (DatabaseOutage.IsAway(failure))
            {
                blindUntil = OwnersFirst();
                LogSweepFailed(failure);
            }
            catch (Exception failure) when (failure is DbException or IOException)
            {
                LogSweepFailed(failure);
            }
            await QuietAsync(Task.Delay(options.Value.Poll, clock, stopping));
        }
    }

    /// <summary>While the database was not available, owners could not renew either. When it is back, they come first.</summary>
    private long OwnersFirst() => clock.GetTimestamp() + (long)(RunLease.Duration.TotalSeconds * clock.TimestampFrequency);

    /// <summary>A run that has just ended may be resumed and claimed: its directory is not removed while a slot has the run, and no slot
    /// gets the run while the directory is being removed.</summary>
    private async Task<HeldLease> HoldAsync(ClaimedRun claim)
    {
        await _directories.WaitAsync();
        try
        {
            return keeper.Hold(claim);
        }
        finally
        {
            _directories.Release();
        }
    }

    /// <summary>Removes directories of ended runs: they ended on another worker, or failed here and can be resumed from the
    /// store.</summary>
    private async Task RemoveLeftoversAsync(CancellationToken cancellationToken)
    {
        await _directories.WaitAsync(cancellationToken);
        try
        {
            var directories = Directory
                .EnumerateDirectories(options.Value.Runs)
                .Select(path => (Path: path, Known: Guid.TryParseExact(Path.GetFileName(path), "N", out var id), Id: id))
                .Where(d => d.Known)
                .ToList();
            if (directories.Count == 0)
                return;
            var over = await plans.OverAsync([.. directories.Select(d => d.Id)], cancellationToken);
            foreach (var directory in directories.Where(d => over.Contains(d.Id) && !keeper.Holds(d.Id)))
                Directory.Delete(directory.Path, recursive: true);
        }
        finally
        {
            _directories.Release();
        }
    }

    public override void Dispose()
    {
        _directories.Dispose();
        base.Dispose();
    }

    private static async Task QuietAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // The loop's condition ends it.
        }
    }

    [LoggerMessage(LogLevel.Error, "The run of slot {Slot} failed; retrying when its lease has expired")]
    private partial void LogSlotFailed(Exception failure, int slot);

    [LoggerMessage(LogLevel.Warning, "The sweep for expired leases failed; retrying")]
    private partial void LogSweepFailed(Exception failure);
}
