using System.Data.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>The slots of this worker, each claiming and supervising one run after another, and the sweep that finds runs whose owner fell silent.</summary>
internal sealed partial class RunService(
    RunClaims claims, RunSweep sweep, RunPlans plans, RunSupervisor supervisor, LeaseKeeper keeper, RunRoom room,
    RunWakeUp wake, IOptions<WorkerOptions> options, TimeProvider clock,
    ILogger<RunService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await Task.WhenAll([SweepAsync(stoppingToken), .. Enumerable.Range(0, options.Value.Slots).Select(slot => ServeAsync(slot, stoppingToken))]);
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
                    using var lease = keeper.Hold(claim);
                    await supervisor.SuperviseAsync(lease, draining);
                    continue;
                }
                if (fitting is not null) await room.TellAsync(fitting, draining);
            }
            catch (OperationCanceledException) when (draining.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The slot lives on: the run's lease lapses and the sweep gives it back with one attempt counted.
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
                if (clock.GetTimestamp() >= blindUntil && await sweep.SweepAsync(stopping) > 0) wake.Signal();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (DatabaseRetry.IsAway(failure))
            {
                // Owners could not renew either. Once the database is back they come first.
                blindUntil = clock.GetTimestamp() + (long)(2 * RunLease.RenewEvery.TotalSeconds * clock.TimestampFrequency);
                LogSweepFailed(failure);
            }
            catch (Exception failure) when (failure is DbException or IOException)
            {
                LogSweepFailed(failure);
            }
            await QuietAsync(Task.Delay(options.Value.Poll, clock, stopping));
        }
    }

    /// <summary>Directories of runs that ended elsewhere.</summary>
    private async Task RemoveLeftoversAsync(CancellationToken cancellationToken)
    {
        var directories = Directory.EnumerateDirectories(options.Value.Runs)
            .Select(path => (Path: path, Known: Guid.TryParseExact(Path.GetFileName(path), "N", out var id), Id: id)).Where(d => d.Known).ToList();
        if (directories.Count == 0) return;
        var over = await plans.OverAsync([.. directories.Select(d => d.Id)], cancellationToken);
        foreach (var directory in directories.Where(d => over.Contains(d.Id) && !keeper.Holds(d.Id))) Directory.Delete(directory.Path, recursive: true);
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

    [LoggerMessage(LogLevel.Error, "Slot {Slot} broke off its run")]
    private partial void LogSlotFailed(Exception failure, int slot);

    [LoggerMessage(LogLevel.Warning, "The sweep for silent owners did not work this time")]
    private partial void LogSweepFailed(Exception failure);
}
