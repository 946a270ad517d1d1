namespace GpuGeek.Training.Optimization;

/// <summary>The learning rate of each step.</summary>
internal interface ISchedule
{
    /// <param name="step">From 1.</param>
    double RateAt(long step);
}
