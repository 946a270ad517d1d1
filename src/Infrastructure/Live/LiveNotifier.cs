using System.Collections.Concurrent;
using System.Globalization;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace GpuGeek.Infrastructure.Live;

/// <summary>Sends notifications about changed rows, outside the transaction that changed them. A notification can be lost: receivers also
/// poll.</summary>
public interface ILiveNotifier
{
    /// <summary>At most four a second per run; the last change is always sent.</summary>
    Task RunChangedAsync(Guid org, Guid run);
    Task ImportChangedAsync(Guid org, Guid dataset);

    /// <summary>How many pictures of an edit are changed, before it is committed.</summary>
    /// <param name="total">0: the edit has ended.</param>
    Task EditProgressAsync(Guid org, Guid dataset, int done, int total);

    /// <summary>Also for those who watch the imports of its dataset.</summary>
    Task JobChangedAsync(Job job);

    /// <param name="deployment">Null: any number of deployments of the organisation.</param>
    Task DeploymentChangedAsync(Guid org, Guid? deployment);

    /// <summary>Wakes workers. A lost notification costs their poll interval.</summary>
    Task RunQueuedAsync();
    Task JobQueuedAsync();
}

internal sealed partial class LiveNotifier(IDbContexts contexts, TimeProvider clock, ILogger<LiveNotifier> logger)
    : ILiveNotifier,
        IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly ConcurrentDictionary<string, byte> _waiting = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopped = new();

    public Task RunChangedAsync(Guid org, Guid run) => CoalesceAsync(LiveChange.RunKind, $"{org:N}:{run:N}");

    public Task ImportChangedAsync(Guid org, Guid dataset) => CoalesceAsync(LiveChange.ImportKind, $"{org:N}:{dataset:N}");

    public Task EditProgressAsync(Guid org, Guid dataset, int done, int total) =>
        SendAsync(string.Create(CultureInfo.InvariantCulture, $"{LiveChange.EditKind}:{org:N}:{dataset:N}:{done}:{total}"));

    public async Task JobChangedAsync(Job job)
    {
        await CoalesceAsync(LiveChange.JobKind, $"{job.OrgId:N}:{job.Id:N}");
        if (job.DatasetId is { } dataset)
            await ImportChangedAsync(job.OrgId, dataset);
    }

    public Task DeploymentChangedAsync(Guid org, Guid? deployment) => SendAsync(LiveChange.DeploymentKind, org, deployment);

    public Task RunQueuedAsync() => SendAsync(LiveChange.RunQueuedKind, Guid.Empty, null);

    public Task JobQueuedAsync() => SendAsync(LiveChange.JobQueuedKind, Guid.Empty, null);

    // The first call waits a moment and covers all calls in the meantime, so the last change is never dropped.
    private Task CoalesceAsync(string kind, string subject)
    {
        var payload = $"{kind}:{subject}";
        if (_stopped.IsCancellationRequested || !_waiting.TryAdd(payload, 0))
            return Task.CompletedTask;
        _ = SendLaterAsync(payload);
        return Task.CompletedTask;
    }

    private async Task SendLaterAsync(string payload)
    {
        await Task.Delay(Interval, clock, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The process ends: watchers of other processes poll.
        if (_stopped.IsCancellationRequested)
            return;
        _waiting.TryRemove(payload, out _);
        await SendAsync(payload);
    }

    public void Dispose()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private Task SendAsync(string kind, Guid org, Guid? subject) =>
        SendAsync(string.Create(CultureInfo.InvariantCulture, $"{kind}:{org:N}:{subject ?? Guid.Empty:N}"));

    private async Task SendAsync(string payload)
    {
        try
        {
            await using var connection = await contexts.OpenSystemAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand("SELECT pg_notify($1, $2)", connection)
            {
                Parameters =
                {
                    new() { Value = LiveChange.Channel },
                    new() { Value = payload },
                },
            };
            await command.ExecuteNonQueryAsync();
        }
        // Any exception: the change is committed, and a failed notification must not make the request fail.
        catch (Exception failure)
        {
            LogLost(failure, payload);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Notification {Payload} lost; watchers will poll")]
    private partial void LogLost(Exception failure, string payload);
}
