using GpuGeek.Infrastructure.Storage;
using GpuGeek.Worker.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Weights;

internal sealed class WeightsWakeUp(IOptions<WorkerOptions> options) : PollSignal(options);

/// <summary>Light work has its own loop and never waits behind a training. Rows are polled every two seconds, so no notification is
/// needed.</summary>
internal sealed partial class WeightsService(
    WeightsLeases leases,
    WeightsReading reading,
    WeightsWakeUp wake,
    DiskSpace disk,
    IOptions<WorkerOptions> options,
    ILogger<WeightsService> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        // Deletes what a killed worker left behind; no other worker uses this folder.
        if (Directory.Exists(options.Value.Uploads))
            Directory.Delete(options.Value.Uploads, recursive: true);
        var owner = $"{Environment.MachineName}/{Environment.ProcessId}/weights";
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await leases.NextAsync(owner, disk.Available(options.Value.Work), stoppingToken) is { } claim)
                    await reading.ReadAsync(claim, stoppingToken);
                else
                    await wake.WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The loop keeps running; the file's lease expires and it is retried.
                LogFailed(failure);
                await wake.WaitAsync(CancellationToken.None);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Reading weights failed; retrying")]
    private partial void LogFailed(Exception failure);
}
