using GpuGeek.Domain.Runs;

namespace GpuGeek.Domain.Models;

/// <summary>What a threshold does: predictions whose highest probability is below it are left to a person (a classifier with a reject
/// option, Chow 1970).</summary>
/// <param name="Threshold">0 to 1.</param>
/// <param name="Coverage">Share of the pictures that are answered.</param>
/// <param name="Precision">Share of right answers among those; null: none is answered.</param>
/// <param name="Recall">Share of all pictures that are answered right.</param>
public sealed record ThresholdFigures(double Threshold, double Coverage, double? Precision, double Recall)
{
    /// <summary>Thresholds 0.00, 0.01, … 0.99.</summary>
    public const int Steps = 100;

    /// <param name="predictions">At least one.</param>
    public static ThresholdFigures[] Of(IReadOnlyCollection<TestPrediction> predictions)
    {
        ArgumentOutOfRangeException.ThrowIfZero(predictions.Count);
        var (answered, right) = (new int[Steps], new int[Steps]);
        foreach (var prediction in predictions)
        {
            // The last threshold that it reaches; what is not a number reaches the first.
            var confidence = prediction.Probabilities[prediction.Predicted];
            var step = Enumerable.Range(1, Steps - 1).LastOrDefault(s => confidence >= At(s));
            answered[step]++;
            right[step] += prediction.Predicted == prediction.Label ? 1 : 0;
        }
        for (var step = Steps - 2; step >= 0; step--)
        {
            answered[step] += answered[step + 1];
            right[step] += right[step + 1];
        }
        return
        [
            .. Enumerable
                .Range(0, Steps)
                .Select(s => new ThresholdFigures(
                    At(s),
                    (double)answered[s] / predictions.Count,
                    answered[s] == 0 ? null : (double)right[s] / answered[s],
                    (double)right[s] / predictions.Count
                )),
        ];
    }

    private static double At(int step) => (double)step / Steps;
}
