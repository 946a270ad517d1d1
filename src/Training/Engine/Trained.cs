namespace GpuGeek.Training.Engine;

/// <summary>What training hands to evaluation and export.</summary>
internal sealed record Trained(SplitLogits Validation, SplitLogits Test, int BestEpoch, double Seconds);
