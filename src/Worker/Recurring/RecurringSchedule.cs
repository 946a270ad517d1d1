using System.Globalization;
using System.Linq.Expressions;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Queue;
using GpuGeek.Worker.Storage;
using Hangfire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Recurring;

/// <summary>Writes the schedule of all recurring work into Hangfire's storage when the worker starts. The last worker that starts decides
/// how often the janitor runs.</summary>
internal sealed partial class RecurringSchedule(
    IRecurringJobManager jobs,
    IOptions<JanitorOptions> options,
    TimeProvider clock,
    ILogger<RecurringSchedule> logger
) : BackgroundService
{
    private const string Hourly = "11 * * * *";
    private const string Minutely = "* * * * *";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Write();
                return;
            }
            catch (Exception failure)
            {
                // The database is not available; until it is, nothing recurs either.
                LogFailed(failure);
            }
            await Task.Delay(RetryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Write()
    {
        Schedule("webhook-deliveries", Hourly, work => work.DeleteOldDeliveriesAsync(CancellationToken.None));
        Schedule("jobs", Hourly, work => work.DeleteOldJobsAsync(CancellationToken.None));
        Schedule("dataset-counts", Minutely, work => work.FoldCountsAsync(CancellationToken.None));
        // Another worker may have it turned on.
        if (options.Value.Minutes == 0)
            return;
        var cron = Cron(options.Value.Minutes);
        Schedule("expiry", cron, work => work.ExpireAsync(CancellationToken.None));
        Schedule("purge", cron, work => work.PurgeAsync(CancellationToken.None));
        Schedule("embeddings", cron, work => work.EvictEmbeddingsAsync(CancellationToken.None));
        Schedule("unreferenced-objects", cron, work => work.DeleteUnreferencedAsync(CancellationToken.None));
    }

    private void Schedule(string name, string cron, Expression<Func<IRecurringWork, Task>> work) =>
        jobs.AddOrUpdate(name, HangfireSetup.RecurringQueue, work, cron, new() { MisfireHandling = MisfireHandlingMode.Relaxed });

    /// <summary>A cron expression has no "every 90 minutes": it is rounded down to what divides an hour or a day.</summary>
    internal static string Cron(int minutes)
    {
        int[] ofHour = [30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1];
        int[] ofDay = [12, 8, 6, 4, 3, 2, 1];
        return minutes switch
        {
            < 60 => Text($"*/{ofHour.First(step => step <= minutes)} * * * *"),
            < 24 * 60 => Text($"7 */{ofDay.First(step => step * 60 <= minutes)} * * *"),
            _ => Text($"7 3 */{minutes / (24 * 60)} * *"),
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(LogLevel.Warning, "Writing the schedule of recurring work failed; retrying")]
    private partial void LogFailed(Exception failure);
}
