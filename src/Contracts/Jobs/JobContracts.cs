using GpuGeek.Contracts.Common;

namespace GpuGeek.Contracts.Jobs;

/// <summary>A piece of light work, such as an import: it runs beside trainings and is not charged.</summary>
/// <param name="Id">An import and a weights file have jobs with their own ids.</param>
/// <param name="Kind"><c>import|weights|embeddings</c>; more kinds will follow.</param>
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
);
