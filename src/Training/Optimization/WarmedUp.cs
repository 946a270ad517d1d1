namespace GpuGeek.Training.Optimization;

/// <summary>Where a training stands, for a curve.</summary>
/// <param name="Progress">Share of the steps after the warm-up that are done: from 0, below 1.</param>
/// <param name="Epochs">Whole epochs that are done, those of the warm-up too.</param>
internal readonly record struct Moment(double Progress, int Epochs);

/// <summary>A linear rise to the peak (Goyal et al. 2017, arXiv:1706.02677), then a curve.</summary>
/// <param name="Peak">Rate at the end of the warm-up.</param>
/// <param name="WarmupFraction">Share of all steps spent warming up, 0..1.</param>
/// <param name="Curve">The rate after it, as a share of the peak.</param>
internal sealed record WarmedUp(double Peak, long TotalSteps, int StepsPerEpoch, double WarmupFraction, Func<Moment, double> Curve)
    : ISchedule
{
    public double RateAt(long step)
    {
        var warmup = (long)Math.Round(TotalSteps * WarmupFraction);
        if (step <= warmup)
            return Peak * step / warmup;
        var progress = (double)(step - warmup - 1) / Math.Max(1, TotalSteps - warmup);
        return Peak * Curve(new(progress, (int)((step - 1) / StepsPerEpoch)));
    }
}
