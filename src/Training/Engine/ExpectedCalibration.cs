using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs;

namespace GpuGeek.Training.Engine;

/// <summary>
/// The expected calibration error of the most likely class (Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599), with an interval. On
/// few pictures it is too large: a perfectly calibrated model has about 3 % on 600. So the bootstrap's estimate of that bias is taken off,
/// and the interval begins at 0 where a perfectly calibrated model with the same confidences would show as much (Bröcker and Smith 2007).
/// </summary>
internal static class ExpectedCalibration
{
    private const int Bins = 15,
        MostResamples = 1000,
        LeastResamples = 200;

    // Pictures of all resamples: about a second.
    private const int Work = 20_000_000;

    /// <param name="temperature">1 for the logits as they are.</param>
    public static CalibrationError Of(SplitLogits logits, double temperature)
    {
        var answers = logits.Rows.Zip(logits.Labels, (row, label) => Answer.Of(row, label, temperature)).ToArray();
        var plain = Error(answers);
        var (resampled, perfect) = Resample(answers);
        var bias = resampled.Average() - plain;
        var top = Quantile(resampled, 0.975);
        var low = plain <= Quantile(perfect, 0.95) ? 0 : Math.Max(0, 2 * plain - top);
        var high = Math.Clamp(top - bias, low, 1);
        return new(Math.Clamp(plain - bias, low, high), low, high, plain);
    }

    /// <returns>Sorted errors of pictures drawn with replacement, and of the same pictures with labels drawn by confidence.</returns>
    private static (double[] Resampled, double[] Perfect) Resample(Answer[] answers)
    {
        var random = CounterRandom.Keyed(answers.Length);
        var count = Math.Clamp(Work / answers.Length, LeastResamples, MostResamples);
        var (resampled, perfect) = (new double[count], new double[count]);
        var drawn = new Answer[answers.Length];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < drawn.Length; j++)
                drawn[j] = answers[random.Below(answers.Length)];
            resampled[i] = Error(drawn);
            for (var j = 0; j < drawn.Length; j++)
                drawn[j] = answers[j] with { IsRight = random.NextDouble() < answers[j].Confidence };
            perfect[i] = Error(drawn);
        }
        Array.Sort(resampled);
        Array.Sort(perfect);
        return (resampled, perfect);
    }

    private static double Error(Answer[] answers)
    {
        Span<double> differences = stackalloc double[Bins];
        foreach (var answer in answers)
            differences[answer.Bin] += (answer.IsRight ? 1 : 0) - answer.Confidence;
        var sum = 0.0;
        foreach (var difference in differences)
            sum += Math.Abs(difference);
        return sum / answers.Length;
    }

    private static double Quantile(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private readonly record struct Answer(double Confidence, bool IsRight)
    {
        public int Bin => Math.Min((int)(Confidence * Bins), Bins - 1);

        public static Answer Of(float[] row, long label, double temperature)
        {
            var best = SplitLogits.Argmax(row);
            return new(SplitLogits.Softmax(row, temperature)[best], best == label);
        }
    }
}
