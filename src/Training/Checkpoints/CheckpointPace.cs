namespace GpuGeek.Training.Checkpoints;

/// <summary>How often a training is kept: as seldom as its cost asks for, and as often as lost work does.</summary>
/// <param name="Least">At least so long between two checkpoints inside an epoch.</param>
/// <param name="TimesCost">And at least so many times what the last one cost: 50 is 2 % of the time.</param>
internal sealed record CheckpointPace(TimeSpan Least, double TimesCost = 50)
{
    /// <summary>Whatever it costs, no more work than this is lost.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(10);

    public static CheckpointPace Usual { get; } = new(TimeSpan.FromMinutes(1));

    /// <param name="cost">Of the last checkpoint; zero before the first.</param>
    public TimeSpan InsideAnEpoch(TimeSpan cost) => Shorter(Most, cost * TimesCost > Least ? cost * TimesCost : Least);

    /// <summary>The end of an epoch is a good place: nothing of its validation is repeated. Only the cost counts there.</summary>
    public TimeSpan AfterAnEpoch(TimeSpan cost) => Shorter(Most, cost * TimesCost);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
