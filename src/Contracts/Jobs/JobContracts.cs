using GpuGeek.Contracts.Common;

namespace GpuGeek.Contracts.Jobs;

/// <summary>A piece of light work, such as an import: it runs beside trainings and is not charged.</summary>
/// <param name="Id">An import and a weights file have jobs with their own ids.</param>
/// <param name="Kind"><c>import|weights|embeddings|probe|evaluation</c>; more kinds will follow.</param>
/// <param name="Name">What it works on: a file name.</param>
/// <param name="Project">Slug of its project, or null.</param>
/// <param name="Dataset">Its dataset, or null.</param>
/// <param name="State"><c>queued|running|succeeded|failed|canceled</c></param>
/// <param name="Progress">0 to 1.</param>
/// <param name="IsCanceling">Its cancellation was requested, and the worker has not ended it yet.</param>
/// <param name="QueuedAt">Since when it waits, or waited: a retried job waits again.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="RetryUntil">A failed job that was interrupted too often can be retried until then. Null: it cannot be retried.</param>
public sealed record JobResponse(
    Guid Id,
    string Kind,
    string Name,
    string? Project,
    Guid? Dataset,
    string State,
    double Progress,
    bool IsCanceling,
    ErrorInfo? Error,
    DateTimeOffset QueuedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? RetryUntil
)
{
    /// <summary>What a probe that succeeded has measured; null: the job is none, or has not ended.</summary>
    public RunEstimateResponse? Estimate { get; init; }
}

/// <summary>What a run would take on the worker that measured it, beside whatever else that worker did at the time.</summary>
/// <param name="ImagesPerSecond">Of its longest part: pictures that train, or views that are embedded.</param>
/// <param name="Seconds">Of the whole run.</param>
/// <param name="SecondsLow">If every step were like the fastest tenth of those measured; never more than <c>seconds</c>.</param>
/// <param name="SecondsHigh">If every step were like the slowest tenth of those measured; never less than <c>seconds</c>.</param>
/// <param name="MemoryBytes">The most that the process had while it measured.</param>
/// <param name="MemoryLimit">What the worker's machine, or its container, allows; null: unknown.</param>
public sealed record RunEstimateResponse(
    double ImagesPerSecond,
    double Seconds,
    double SecondsLow,
    double SecondsHigh,
    long MemoryBytes,
    long? MemoryLimit
);
