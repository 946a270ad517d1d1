using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Storage;

/// <summary>Light work, once an hour: what was kept for a time expires, what was deleted a grace ago is purged, and what nothing refers to
/// is cleared away. Of several workers one makes the round.</summary>
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
            // The worker drains; a round that was broken off is made again by the next one.
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
            // Database or store are away: nothing is lost by waiting for the next round.
            LogFailed(failure);
        }
    }

    [LoggerMessage(LogLevel.Error, "A round of the janitor failed; retrying in the next round")]
    private partial void LogFailed(Exception failure);
}
