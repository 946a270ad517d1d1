using System.Text.Json.Serialization;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Checkpoints;

/// <summary>Where a training stands, apart from its tensors. Random numbers, the rate and the order of pictures are functions of seed, step
/// and epoch: they need no state.</summary>
internal sealed record TrainingProgress
{
    /// <summary>Optimizer steps done.</summary>
    public long Step { get; init; }

    /// <summary>Epochs whose validation is done.</summary>
    public int Epochs { get; init; }

    /// <summary>Epoch (from 1) of the best validation so far; 0 before the first.</summary>
    public int BestEpoch { get; init; }

    /// <summary>Validation pictures that the best epoch got right; −1 before the first.</summary>
    public int BestCorrect { get; init; } = -1;
    public double SecondsSpent { get; init; }

    /// <summary>Where the last steps were computed; null in checkpoints that older versions wrote.</summary>
    public EnvironmentStamp? Environment { get; init; }

    /// <summary>What the steps are computed in; it never changes within a run.</summary>
    public Precision Precision { get; init; }

    /// <summary>Pictures at once, after the device's memory was full; null: as the recipe says.</summary>
    public int? MicroBatch { get; init; }

    /// <summary>Where steps before these were computed, if that was elsewhere.</summary>
    public IReadOnlyList<EnvironmentStamp> EarlierEnvironments { get; init; } = [];

    [JsonIgnore]
    public IReadOnlyList<EnvironmentStamp> AllEnvironments =>
        [.. EarlierEnvironments, .. Environment is { } here ? [here] : Array.Empty<EnvironmentStamp>()];

    /// <summary>The same training, whose next steps are computed here.</summary>
    public TrainingProgress MovedTo(EnvironmentStamp here) =>
        this with
        {
            EarlierEnvironments = Environment is { } before && before != here ? [.. EarlierEnvironments, before] : EarlierEnvironments,
            Environment = here,
        };

    /// <summary>What was being trained: a checkpoint of another recipe is not resumed.</summary>
    public string Fingerprint { get; init; } = "";
}
