using GpuGeek.Infrastructure.Live;
using GpuGeek.Worker.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Lanes;

/// <summary>A queue of work that a lane claims from, one item after another.</summary>
internal interface ILaneWork
{
    /// <summary>In owners and log lines.</summary>
    string Name { get; }

    /// <summary>Number of items at the same time.</summary>
    int Width { get; }

    /// <summary>Kind of the notification that announces new work; null: work is found by polling alone.</summary>
    string? Announced { get; }

    /// <summary>Claims the next item.</summary>
    /// <param name="owner">Names the worker and the place in its lane, for the lease.</param>
    /// <param name="place">Number of the place, from 0.</param>
    /// <returns>What does the claimed work; null: nothing is waiting.</returns>
    Task<Func<Task>?> NextAsync(string owner, int place, CancellationToken draining);
}

/// <summary>
/// Runs one kind of work beside all others: no lane waits for another one, and none behind a training. Notifications wake it; the poll
/// finds what they missed. A failure ends neither the lane nor the work: its lease expires, and it is claimed again.
/// </summary>
internal sealed partial class Lane<T>(T work, IOptions<WorkerOptions> options, LiveListener listener, ILogger<Lane<T>> logger)
    : BackgroundService
    where T : ILaneWork
{
    private readonly PollSignal _signal = new(options);

    private KeyValuePair<string, object?> Tag => new("gpugeek.lane", work.Name);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        listener.Changed += OnChanged;
        WorkerMeter.Places.Add(work.Width, Tag);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, work.Width).Select(place => ServeAsync(place, stoppingToken)));
        }
        finally
        {
            listener.Changed -= OnChanged;
            WorkerMeter.Places.Add(-work.Width, Tag);
        }

        void OnChanged(LiveChange change)
        {
            if (change.Kind == work.Announced)
                _signal.Signal();
        }
    }

    private async Task ServeAsync(int place, CancellationToken draining)
    {
        var owner = $"{Environment.MachineName}/{Environment.ProcessId}/{work.Name}-{place}";
        while (!draining.IsCancellationRequested)
        {
            try
            {
                if (await work.NextAsync(owner, place, draining) is { } claimed)
                {
                    // More may be waiting.
                    _signal.Signal();
                    await WorkAsync(claimed);
                    continue;
                }
                await _signal.WaitAsync(draining);
            }
            catch (OperationCanceledException) when (draining.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogFailed(failure, owner);
                await _signal.WaitAsync(CancellationToken.None);
            }
        }
    }

    private async Task WorkAsync(Func<Task> claimed)
    {
        WorkerMeter.BusyPlaces.Add(1, Tag);
        try
        {
            await claimed();
        }
        finally
        {
            WorkerMeter.BusyPlaces.Add(-1, Tag);
        }
    }

    public override void Dispose()
    {
        _signal.Dispose();
        base.Dispose();
    }

    [LoggerMessage(LogLevel.Error, "Work of lane {Lane} failed; it is retried when its lease has expired")]
    private partial void LogFailed(Exception failure, string lane);
}
