namespace GpuGeek.Training.Optimization;

/// <summary>The learning rate of each step.</summary>
internal interface ISchedule
{
    /// <param name="step">From 1.</param>
    double RateAt(long step);

    /// <summary>Called after each validation. Only a schedule that follows the results remembers it; the others are functions of the step
    /// and have no state to lose.</summary>
    /// <param name="loss">On the validation split.</param>
    void Observe(double loss) { }
}
