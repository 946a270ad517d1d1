using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Devices;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Engine;

/// <summary>What the loop obeys, beside the method.</summary>
internal sealed record TrainerOptions
{
    public required EnvironmentStamp Environment { get; init; }

    public required CheckpointPace Pace { get; init; }

    /// <summary>What is trained on what; a checkpoint with another is not resumed.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Called once before the first step of an attempt.</summary>
    /// <returns>What this attempt computes in, of what the checkpoint that it goes on from was computed in; null: there is none.</returns>
    public required Func<Precision?, Precision> PrecisionAfter { get; init; }

    /// <summary>What the driver says of the device; null: nothing, or there is no driver.</summary>
    public required Func<DeviceReading?> Reading { get; init; }

    /// <summary>Share of the whole run's progress at which training starts and ends.</summary>
    public required (double From, double To) ProgressSpan { get; init; }
}

/// <param name="Best">The network at its best epoch, or a mean of its best ones.</param>
/// <param name="Environments">Where it was trained, in the order of the steps: more than one after a move.</param>
internal sealed record TrainerOutcome(ModuleState Best, int BestEpoch, double SecondsSpent, IReadOnlyList<EnvironmentStamp> Environments)
{
    /// <summary>Epochs whose weights were mixed; none: the best one's are taken as they are.</summary>
    public IReadOnlyList<int> SoupEpochs { get; init; } = [];
}
