namespace GpuGeek.Training.Optimization;

/// <summary>Up to the peak and down again in one cycle (Smith and Topin 2019, arXiv:1708.07120), as PyTorch's <c>OneCycleLR</c>: both parts
/// are half cosines, from a 25th of the peak and down to a 10,000th of that.</summary>
/// <param name="RisingFraction">Share of all steps in which the rate rises, 0..1.</param>
internal sealed record OneCycle(double Peak, long TotalSteps, double RisingFraction) : ISchedule
{
    private const double StartShare = 25,
        EndShare = 1e4;

    public double RateAt(long step)
    {
        var start = Peak / StartShare;
        double at = step - 1,
            top = RisingFraction * TotalSteps - 1,
            last = TotalSteps - 1;
        return at <= top ? Between(start, Peak, at / top) : Between(Peak, start / EndShare, (at - top) / (last - top));
    }

    // A rising part of one step or less has no width.
    private static double Between(double from, double to, double share) =>
        to + (from - to) / 2 * (1 + Math.Cos(Math.PI * (double.IsFinite(share) ? share : 1)));
}
