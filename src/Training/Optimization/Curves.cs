namespace GpuGeek.Training.Optimization;

/// <summary>How rates fall: shares of the peak as functions of the moment.</summary>
internal static class Curves
{
    public static double Constant(Moment moment) => 1;

    /// <summary>Half a cosine to zero (Loshchilov and Hutter 2017, arXiv:1608.03983).</summary>
    public static double Cosine(Moment moment) => HalfCosine(moment.Progress);

    /// <summary>So many half cosines of equal length, each from the peak (the same paper).</summary>
    public static Func<Moment, double> Restarts(int cycles) =>
        moment => HalfCosine(moment.Progress * cycles - Math.Floor(moment.Progress * cycles));

    public static Func<Moment, double> Polynomial(double power) => moment => Math.Pow(1 - moment.Progress, power);

    /// <summary>Multiplied by the factor after every so many epochs.</summary>
    public static Func<Moment, double> Steps(double factor, int epochs) => moment => Math.Pow(factor, moment.Epochs / epochs);

    /// <summary>Multiplied by the factor after each of these epochs.</summary>
    public static Func<Moment, double> Milestones(double factor, IReadOnlyCollection<int> epochs) =>
        moment => Math.Pow(factor, epochs.Count(epoch => epoch <= moment.Epochs));

    private static double HalfCosine(double progress) => 0.5 * (1 + Math.Cos(Math.PI * progress));
}
