namespace GpuGeek.Training.Engine;

/// <summary>Seconds that something takes: as a rule, and where it goes well or badly. Low ≤ usual ≤ high.</summary>
internal readonly record struct TimeSpread(double Low, double Usual, double High)
{
    private const double Fast = 0.1,
        Slow = 0.9;

    /// <summary>The mean of measured times between their fastest and slowest tenth. A single pause of the machine can move the mean beyond
    /// the slowest tenth: then the mean is the end of the range, since a whole run has such pauses too.</summary>
    public static TimeSpread Of(IEnumerable<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        var mean = sorted.Average();
        return new(Math.Min(Quantile(sorted, Fast), mean), mean, Math.Max(Quantile(sorted, Slow), mean));
    }

    /// <summary>The same work whose time follows from this one's; the function must grow.</summary>
    public TimeSpread Through(Func<double, double> whole) => new(whole(Low), whole(Usual), whole(High));

    private static double Quantile(double[] sorted, double share) => sorted[(int)Math.Round(share * (sorted.Length - 1))];
}
