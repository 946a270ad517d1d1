namespace GpuGeek.Training.Engine;

/// <summary>One number that makes probabilities mean what they say (Guo et al. 2017, arXiv:1706.04599): it changes no ranking.</summary>
internal static class TemperatureScaling
{
    private const double Lowest = 0.05,
        Highest = 20;

    /// <summary>The temperature with the least negative log-likelihood of the validation logits, found by golden section over its
    /// logarithm: in ln T the function has one valley.</summary>
    /// <returns>Within [0.05, 20].</returns>
    public static double Fit(SplitLogits validation)
    {
        double low = Math.Log(Lowest),
            high = Math.Log(Highest),
            ratio = (Math.Sqrt(5) - 1) / 2;
        // A weak prior, worth less than one picture: where every validation picture is right, the likelihood alone would say "infinitely
        // sure".
        double Loss(double logarithm) =>
            validation.NegativeLogLikelihood(Math.Exp(logarithm)) + 0.5 * logarithm * logarithm / validation.Rows.Length;
        double left = high - ratio * (high - low),
            right = low + ratio * (high - low),
            atLeft = Loss(left),
            atRight = Loss(right);
        while (high - low > 1e-6)
        {
            if (atLeft < atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                atLeft = Loss(left = high - ratio * (high - low));
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                atRight = Loss(right = low + ratio * (high - low));
            }
        }
        return Math.Exp((low + high) / 2);
    }
}
