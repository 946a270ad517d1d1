using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Worker.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Imports;

internal sealed class ImportWakeUp(IOptions<WorkerOptions> options) : PollSignal(options);

/// <summary>Only a notification: the loops claim the next import in SQL.</summary>
internal sealed class ImportJob(ImportWakeUp wake) : IImportJob
{
    public Task RunAsync(Guid org, Guid import, CancellationToken cancellationToken)
    {
        wake.Signal();
        return Task.CompletedTask;
    }
}

/// <summary>Light work has its own loops and never waits behind a training.</summary>
internal sealed partial class ImportService(
    ImportLeases leases,
    ImportSupervisor supervisor,
    ImportWakeUp wake,
    DiskSpace disk,
    IOptions<WorkerOptions> options,
    ILogger<ImportService> logger
) : BackgroundService
{
    private const int Lanes = 2;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        // Deletes what a killed worker left behind; no other worker uses this folder.
        if (Directory.Exists(options.Value.Imports))
            Directory.Delete(options.Value.Imports, recursive: true);
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => ServeAsync(lane, stoppingToken)));
    }

    private async Task ServeAsync(int lane, CancellationToken draining)
    {
        var owner = $"{Environment.MachineName}/{Environment.ProcessId}/import-{lane}";
        while (!draining.IsCancellationRequested)
        {
            try
            {
                if (await leases.NextAsync(owner, disk.Available(options.Value.Work), draining) is { } claim)
                {
                    // Another import may be waiting.
                    wake.Signal();
                    await supervisor.SuperviseAsync(claim, draining);
                    continue;
                }
                await wake.WaitAsync(draining);
            }
            catch (OperationCanceledException) when (draining.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The loop keeps running; the import's lease expires and it is retried.
                LogFailed(failure, lane);
                await wake.WaitAsync(CancellationToken.None);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Import lane {Lane} failed; the import is retried when its lease has expired")]
    private partial void LogFailed(Exception failure, int lane);
}
