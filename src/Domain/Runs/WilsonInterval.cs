namespace GpuGeek.Domain.Runs;

/// <summary>The score interval of a proportion (Wilson 1927): accurate near 0 and 1 and for few pictures, where the usual ± is
/// not.</summary>
public static class WilsonInterval
{
    /// <param name="successes">0..trials.</param>
    /// <param name="trials">At least 1.</param>
    /// <param name="z">Standard normal quantile; 1.96 for 95 %.</param>
    public static (double Low, double High) Of(int successes, int trials, double z = 1.959963984540054)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)successes, (uint)trials, nameof(successes));
        double p = (double)successes / trials,
            z2 = z * z,
            denominator = 1 + z2 / trials;
        var centre = (p + z2 / (2 * trials)) / denominator;
        var half = z * Math.Sqrt(p * (1 - p) / trials + z2 / (4.0 * trials * trials)) / denominator;
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
