using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Storage;

/// <summary>Light work, once an hour: kept data expire, deletions past their grace period are purged, and unreferenced objects are
/// deleted. One of several workers runs the round.</summary>
internal sealed partial class JanitorService(
    Expiry expiry,
    Purge purge,
    Janitor janitor,
    TimeProvider clock,
    IOptions<JanitorOptions> options,
    ILogger<JanitorService> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Minutes == 0)
            return;
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(options.Value.Minutes), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await RoundAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The worker drains; an interrupted round is repeated by the next one.
        }
    }

    private async Task RoundAsync(CancellationToken stoppingToken)
    {
        try
        {
            await expiry.RunAsync(stoppingToken);
            await purge.RunAsync(stoppingToken);
            await janitor.RunAsync(stoppingToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Database or store is not available: nothing is lost by waiting for the next round.
            LogFailed(failure);
        }
    }

    [LoggerMessage(LogLevel.Error, "A round of the janitor failed; retrying in the next round")]
    private partial void LogFailed(Exception failure);
}
