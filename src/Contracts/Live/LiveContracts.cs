using GpuGeek.Contracts.Runs;

namespace GpuGeek.Contracts.Live;

/// <summary>
/// The hub at <see cref="Path"/>. A client calls <c>WatchRun(org, run, afterSeq)</c> and gets everything after that sequence, then what
/// comes;
/// after a reconnect it calls again with the last sequence it has.
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

    /// <summary>Server → client: ImportResponse of a watched dataset.</summary>
    public const string Import = "import";
}

/// <summary>What is new on a run since a sequence: points and lines in order, and the run as it stands (when it changed).</summary>
public sealed record RunUpdate(
    Guid Run,
    IReadOnlyList<MetricPointResponse> Points,
    IReadOnlyList<LogLineResponse> Logs,
    RunResponse? State,
    long LastSeq
);
