namespace GpuGeek.Domain.Runs;

/// <summary>What presets look at in a dataset version.</summary>
/// <param name="TrainPerClass">Training pictures of each class.</param>
/// <param name="ShortSide">Median of the pictures' shorter sides in pixels; null: unknown.</param>
public sealed record DataFacts(IReadOnlyList<int> TrainPerClass, int? ShortSide)
{
    public int Train => TrainPerClass.Sum();

    /// <summary>So many times the pictures of the smallest class has the largest.</summary>
    public double Imbalance => (double)TrainPerClass.Max() / Math.Max(1, TrainPerClass.Min());
}
