namespace GpuGeek.Domain.Models;

/// <summary>Whether two models differ on the same pictures (McNemar 1947, exact): only pictures count that one of them has right and the
/// other has not.</summary>
public static class McNemarTest
{
    /// <returns>Two-sided: the probability of a difference as large as this if both were equally good.</returns>
    public static double Probability(int onlyFirst, int onlySecond)
    {
        var trials = onlyFirst + onlySecond;
        if (trials == 0)
            return 1;
        // Binomial coefficients of thousands of pictures are beyond a double: their logarithms are not.
        var (logTerm, sum) = (-trials * Math.Log(2), 0.0);
        for (var k = 0; k <= Math.Min(onlyFirst, onlySecond); k++)
        {
            sum += Math.Exp(logTerm);
            logTerm += Math.Log(trials - k) - Math.Log(k + 1);
        }
        return Math.Min(1, 2 * sum);
    }
}
