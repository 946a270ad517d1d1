using System.Data.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>
/// Reports which published weights this worker lacks and cannot download, so that a run that needs them is refused at its creation and
/// not after waiting in the queue. Files are checked each time; the published addresses every ten minutes, with one request per host.
/// </summary>
internal sealed partial class WeightsAnnouncement(
    IDbContexts contexts,
    WeightsSource weights,
    IOptions<WorkerOptions> options,
    TimeProvider clock,
    ILogger<WeightsAnnouncement> logger
) : BackgroundService
{
    private static readonly TimeSpan AskedEvery = TimeSpan.FromMinutes(10);
    private readonly string _worker = $"{Environment.MachineName}:{options.Value.Work}";
    private readonly Dictionary<string, (bool Offers, DateTimeOffset At)> _hosts = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(WorkerWeights.SaidEvery, clock);
        try
        {
            do await RoundAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The worker is stopping; its report expires soon.
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AnnounceAsync(cancellationToken);
        }
        catch (Exception failure)
            when (failure is DbException or IOException or InvalidOperationException && !cancellationToken.IsCancellationRequested)
        {
            // Until then the last report is valid, and then none: runs are queued.
            LogFailed(failure);
        }
    }

    internal async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        foreach (var card in weights.NotHere())
            if (!await IsOfferedAsync(card, cancellationToken))
                missing.Add(card.Name);
        await using var db = contexts.System();
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH forgotten AS (DELETE FROM worker_weights WHERE said_at < now() - {WorkerWeights.CountsFor} AND worker <> {_worker})
            INSERT INTO worker_weights (worker, missing, said_at) VALUES ({_worker}, {missing.ToArray()}, now())
            ON CONFLICT (worker) DO UPDATE SET missing = excluded.missing, said_at = excluded.said_at
            """,
            cancellationToken
        );
    }

    /// <summary>A host offers either all of its files or none: without internet access, none.</summary>
    private async Task<bool> IsOfferedAsync(ModelCard card, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_hosts.TryGetValue(card.Weights.Url.Host, out var known) && now - known.At < AskedEvery)
            return known.Offers;
        var offers = await weights.IsOfferedAsync(card, cancellationToken);
        _hosts[card.Weights.Url.Host] = (offers, now);
        return offers;
    }

    [LoggerMessage(LogLevel.Warning, "Reporting the missing weights of this worker failed; retrying in a minute")]
    private partial void LogFailed(Exception failure);
}
