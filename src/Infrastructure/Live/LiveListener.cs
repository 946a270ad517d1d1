using System.Globalization;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace GpuGeek.Infrastructure.Live;

/// <summary>A change notification.</summary>
/// <param name="Kind">One of the constants.</param>
/// <param name="Subject">Id of the run, dataset, job or deployment; empty: several, or none.</param>
/// <param name="Done">Of <paramref name="Total"/>, where the change is the progress of something that is not committed yet.</param>
public readonly record struct LiveChange(string Kind, Guid Org, Guid Subject, int Done = 0, int Total = 0)
{
    public const string Channel = "gpugeek";
    public const string RunKind = "run";
    public const string ImportKind = "import";
    public const string JobKind = "job";
    public const string DeploymentKind = "deployment";

    /// <summary>Pictures of a dataset are being edited.</summary>
    public const string EditKind = "edit";

    /// <summary>A run or a job was queued: workers claim at once instead of at their next poll.</summary>
    public const string RunQueuedKind = "run-queued";
    public const string JobQueuedKind = "job-queued";

    public static bool TryParse(string payload, out LiveChange change)
    {
        change = default;
        if (
            payload.Split(':') is not [var kind, var org, var subject, .. var progress]
            || !Guid.TryParse(org, out var orgId)
            || !Guid.TryParse(subject, out var subjectId)
        )
            return false;
        change = new(kind, orgId, subjectId);
        if (progress is not [var done, var total])
            return progress.Length == 0;
        if (
            !int.TryParse(done, CultureInfo.InvariantCulture, out var of) || !int.TryParse(total, CultureInfo.InvariantCulture, out var all)
        )
            return false;
        change = change with { Done = of, Total = all };
        return true;
    }
}

/// <summary>Listens to PostgreSQL and notifies this process. After a lost connection it raises an event, because notifications may have
/// been missed.</summary>
public sealed partial class LiveListener(IDbContexts contexts, TimeProvider clock, ILogger<LiveListener> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public event Action<LiveChange>? Changed;

    /// <summary>The connection is restored: check everything.</summary>
    public event Action? Reconnected;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or IOException)
            {
                LogLost(failure);
                // The server is gone, and so are all pooled connections: each would fail one request after the restart.
                NpgsqlConnection.ClearAllPools();
                await Task.Delay(RetryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await contexts.OpenSystemAsync(cancellationToken);
        connection.Notification += (_, notification) =>
        {
            if (LiveChange.TryParse(notification.Payload, out var change))
                Changed?.Invoke(change);
        };
        await using (var command = new NpgsqlCommand($"LISTEN {LiveChange.Channel}", connection))
            await command.ExecuteNonQueryAsync(cancellationToken);
        Reconnected?.Invoke();
        while (true)
            await connection.WaitAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Listening connection to the database lost; watchers poll until it is reconnected")]
    private partial void LogLost(Exception failure);
}
