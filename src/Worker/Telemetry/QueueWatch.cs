using System.Data.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Worker.Telemetry;

/// <summary>Measures the queues, if anybody reads the metrics.</summary>
internal sealed partial class QueueWatch(IDbContexts contexts, TimeProvider clock, ILogger<QueueWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private sealed record Queue(string Name, long Length, double Oldest);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do await TryMeasureAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The worker is stopping.
        }
    }

    private async Task TryMeasureAsync(CancellationToken cancellationToken)
    {
        if (!WorkerMeter.QueueLength.Enabled)
            return;
        try
        {
            await MeasureAsync(cancellationToken);
        }
        catch (Exception failure)
            when (failure is DbException or TimeoutException or InvalidOperationException { InnerException: DbException })
        {
            LogFailed(failure);
        }
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var queues = await db
            .Database.SqlQuery<Queue>(
                $"""
                SELECT 'run' AS name, count(*) AS length,
                  COALESCE(EXTRACT(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS oldest
                FROM runs WHERE state = 'queued'
                UNION ALL
                SELECT k.kind, count(j.id), COALESCE(EXTRACT(epoch FROM clock_timestamp() - min(j.queued_at)), 0)::float8
                FROM unnest({JobKinds.All}) AS k (kind) LEFT JOIN jobs j ON j.kind = k.kind AND j.state = 'queued' GROUP BY k.kind
                """
            )
            .ToListAsync(cancellationToken);
        foreach (var queue in queues)
        {
            WorkerMeter.QueueLength.Record(queue.Length, new KeyValuePair<string, object?>("gpugeek.queue", queue.Name));
            WorkerMeter.QueueOldest.Record(queue.Oldest, new KeyValuePair<string, object?>("gpugeek.queue", queue.Name));
        }
    }

    [LoggerMessage(LogLevel.Warning, "The queues could not be measured; retrying")]
    private partial void LogFailed(Exception failure);
}
