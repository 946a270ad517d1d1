using GpuGeek.Contracts.Runs;

namespace GpuGeek.Contracts.Live;

/// <summary>
/// The SignalR hub at <see cref="Path"/>. A client calls <c>WatchRun(org, run, afterSeq)</c> and receives everything after that sequence
/// number, then new updates. After a reconnect it calls again with the last sequence number it has received.
/// </summary>
public static class LiveHub
{
    public const string Path = "/hubs/live";
    public const string WatchRun = "WatchRun";
    public const string UnwatchRun = "UnwatchRun";
    public const string WatchDataset = "WatchDataset";
    public const string UnwatchDataset = "UnwatchDataset";

    /// <summary>Server → client: <see cref="RunUpdate"/>.</summary>
    public const string Run = "run";

    /// <summary>Server → client: the ImportResponse of a watched dataset.</summary>
    public const string Import = "import";
}

/// <summary>Updates of a run since a sequence number: points and log lines in order, and the run's current state (if it
/// changed).</summary>
public sealed record RunUpdate(
    Guid Run,
    IReadOnlyList<MetricPointResponse> Points,
    IReadOnlyList<LogLineResponse> Logs,
    RunResponse? State,
    long LastSeq
);
