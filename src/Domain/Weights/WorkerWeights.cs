using GpuGeek.Domain.Models;

namespace GpuGeek.Domain.Weights;

/// <summary>The published weights that one worker lacks and cannot download. Api refuses a run that needs weights that every worker
/// lacks.</summary>
public sealed class WorkerWeights
{
    /// <summary>How often a worker reports, and how long a report is valid: a stopped worker is forgotten soon.</summary>
    public static readonly TimeSpan SaidEvery = TimeSpan.FromMinutes(1),
        CountsFor = TimeSpan.FromMinutes(5);

    /// <summary>Machine and work folder: each folder has one worker.</summary>
    public required string Worker { get; init; }

    /// <summary>Names of architectures (<see cref="ModelCatalog"/>).</summary>
    public required string[] Missing { get; init; }

    /// <summary>By the database's clock.</summary>
    public DateTimeOffset SaidAt { get; init; }
}
