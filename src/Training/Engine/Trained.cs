namespace GpuGeek.Training.Engine;

/// <summary>What training hands to evaluation and export.</summary>
internal sealed record Trained(SplitLogits Validation, SplitLogits Test, TrainerOutcome Outcome)
{
    /// <summary>Logits of pictures that the network has not learned from: the temperature is fitted to them. Null: the validation split's
    /// are such.</summary>
    public SplitLogits? OutOfFold { get; init; }
}
