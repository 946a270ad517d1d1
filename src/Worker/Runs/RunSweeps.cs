using System.Data.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>Finds runs with an expired lease, every two seconds: a dead worker's run is taken over within 20 s.</summary>
internal sealed partial class RunSweeps(
    RunSweep sweep,
    RunDirectories directories,
    ILiveNotifier live,
    IOptions<WorkerOptions> options,
    TimeProvider clock,
    ILogger<RunSweeps> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var blindUntil = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await directories.RemoveLeftoversAsync(stoppingToken);
                if (clock.GetTimestamp() >= blindUntil)
                {
                    var changed = await sweep.SweepAsync(stoppingToken);
                    if (changed > 0)
                        await live.RunQueuedAsync();
                    else if (changed is null)
                        blindUntil = OwnersFirst();
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (DatabaseOutage.IsAway(failure))
            {
                blindUntil = OwnersFirst();
                LogFailed(failure);
            }
            catch (Exception failure) when (failure is DbException or IOException)
            {
                LogFailed(failure);
            }
            await Task.Delay(options.Value.Poll, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>While the database was not available, owners could not renew either. When it is back, they come first.</summary>
    private long OwnersFirst() => clock.GetTimestamp() + (long)(RunLease.Duration.TotalSeconds * clock.TimestampFrequency);

    [LoggerMessage(LogLevel.Warning, "The sweep for expired leases failed; retrying")]
    private partial void LogFailed(Exception failure);
}
