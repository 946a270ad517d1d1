using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Engine;

/// <summary>What the loop obeys, beside the method.</summary>
internal sealed record TrainerOptions
{
    public required EnvironmentStamp Environment { get; init; }

    public required CheckpointPace Pace { get; init; }

    /// <summary>What is trained on what; a checkpoint with another is not resumed.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Share of the whole run's progress at which training starts and ends.</summary>
    public required (double From, double To) ProgressSpan { get; init; }
}

/// <param name="Best">The network at its best epoch.</param>
internal sealed record TrainerOutcome(ModuleState Best, int BestEpoch, double SecondsSpent);
