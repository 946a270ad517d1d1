namespace GpuGeek.Training.Optimization;

/// <summary>Linear warm-up, then half a cosine to zero (Loshchilov and Hutter 2017, arXiv:1608.03983), by step: it has no state to
/// lose.</summary>
/// <param name="Peak">Rate at the end of the warm-up.</param>
/// <param name="WarmupFraction">Share of all steps spent warming up, 0..1.</param>
internal sealed record WarmupThenCosine(double Peak, long TotalSteps, double WarmupFraction) : ISchedule
{
    public double RateAt(long step)
    {
        var warmup = (long)Math.Round(TotalSteps * WarmupFraction);
        if (step <= warmup)
            return Peak * step / warmup;
        var progress = (double)(step - warmup - 1) / Math.Max(1, TotalSteps - warmup);
        return Peak * 0.5 * (1 + Math.Cos(Math.PI * progress));
    }
}
