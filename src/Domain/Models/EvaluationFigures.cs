using GpuGeek.Domain.Runs;

namespace GpuGeek.Domain.Models;

/// <param name="Low">95 % Wilson interval.</param>
public sealed record TopShare(int K, double Accuracy, double Low, double High);

/// <summary>Averages of the classes' figures.</summary>
public sealed record ClassMean(double Precision, double Recall, double F1);

/// <param name="Count">Pictures of the class <paramref name="Label"/> that were taken for <paramref name="Predicted"/>.</param>
public sealed record ConfusedPair(int Label, int Predicted, int Count);

/// <param name="AreaUnderRoc">Null: all pictures are of the class, or none.</param>
/// <param name="AveragePrecision">Null: no picture is of the class.</param>
public sealed record ClassRanking(int Class, double? AreaUnderRoc, double? AveragePrecision);

/// <param name="Brier">Mean squared distance of the probabilities from the truth, summed over the classes: 0 to 2 (Brier 1950).</param>
/// <param name="Reliability">See <see cref="Models.Reliability"/>.</param>
public sealed record Calibration(double Brier, IReadOnlyList<ReliabilityBin> Reliability);

/// <summary>Figures of a model's predictions of labelled pictures; each is a function of the predictions alone.</summary>
/// <param name="Macro">Each class counts the same.</param>
/// <param name="Weighted">Each class counts by its pictures.</param>
/// <param name="Before">Without the temperature.</param>
/// <param name="After">As the model is served.</param>
/// <param name="Confused">The largest first.</param>
/// <param name="Scores">Of each class.</param>
/// <param name="Confusion">Pictures by [true class][predicted class].</param>
public sealed record EvaluationFigures(
    IReadOnlyList<TopShare> Top,
    ClassMean Macro,
    ClassMean Weighted,
    Calibration Before,
    Calibration After,
    IReadOnlyList<ConfusedPair> Confused,
    IReadOnlyList<ClassRanking> Classes,
    IReadOnlyList<ClassFigures> Scores,
    int[][] Confusion
)
{
    private const int MostPairs = 20;
    private static readonly int[] Tops = [1, 3, 5];

    /// <param name="predictions">At least one; all with as many probabilities as there are classes.</param>
    /// <param name="temperature">By which their logits were divided.</param>
    public static EvaluationFigures Of(IReadOnlyList<TestPrediction> predictions, double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfZero(predictions.Count);
        var classes = predictions[0].Probabilities.Length;
        var confusion = ConfusionMatrix.Of(predictions.Select(p => (p.Label, p.Predicted)), classes);
        var scores = ConfusionMatrix.Figures(confusion);
        return new(
            [.. Tops.Where(k => k < classes || k == 1).Select(k => TopOf(predictions, k))],
            Mean(scores, _ => 1),
            Mean(scores, score => score.Support),
            Calibrated(predictions, p => Uncalibrated(p, temperature)),
            Calibrated(predictions, p => [.. p.Select(v => (double)v)]),
            Pairs(predictions),
            [.. Enumerable.Range(0, classes).Select(c => Ranking(c, RankingOf(predictions, c)))],
            scores,
            confusion
        );
    }

    /// <summary>The pictures by their probability of a class.</summary>
    public static RankingCurve RankingOf(IEnumerable<TestPrediction> predictions, int label) =>
        RankingCurve.Of(predictions.Select(p => new RankedPicture(p.Probabilities[label], p.Label == label)));

    private static ClassRanking Ranking(int label, RankingCurve curve) => new(label, curve.AreaUnderRoc(), curve.AveragePrecision());

    private static TopShare TopOf(IReadOnlyList<TestPrediction> predictions, int k)
    {
        var right = predictions.Count(p => k == 1 ? p.Predicted == p.Label : Rank(p) < k);
        var (low, high) = WilsonInterval.Of(right, predictions.Count);
        return new(k, (double)right / predictions.Count, low, high);
    }

    /// <summary>Number of classes before the true one; of equal probabilities the first class is before the others.</summary>
    private static int Rank(TestPrediction prediction)
    {
        var own = prediction.Probabilities[prediction.Label];
        return prediction.Probabilities.Where((p, i) => p > own || (p == own && i < prediction.Label)).Count();
    }

    private static ClassMean Mean(ClassFigures[] scores, Func<ClassFigures, double> weight)
    {
        var all = scores.Sum(weight);
        double Of(Func<ClassFigures, double> value) => scores.Sum(score => value(score) * weight(score)) / all;
        return new(Of(s => s.Precision), Of(s => s.Recall), Of(s => s.F1));
    }

    private static Calibration Calibrated(IReadOnlyList<TestPrediction> predictions, Func<float[], double[]> probabilities)
    {
        var (brier, pictures) = (0.0, new List<(double, bool)>(predictions.Count));
        foreach (var prediction in predictions)
        {
            var p = probabilities(prediction.Probabilities);
            brier += p.Select((value, i) => Math.Pow(value - (i == prediction.Label ? 1 : 0), 2)).Sum();
            pictures.Add((p[prediction.Predicted], prediction.Predicted == prediction.Label));
        }
        return new(brier / predictions.Count, Reliability.Of(pictures));
    }

    /// <summary>The softmax of the logits, of which that of their T-th parts is known: its T-th powers, normalised.</summary>
    private static double[] Uncalibrated(float[] probabilities, double temperature)
    {
        double[] powers = [.. probabilities.Select(p => Math.Pow(p, temperature))];
        var sum = powers.Sum();
        return [.. powers.Select(p => p / sum)];
    }

    private static List<ConfusedPair> Pairs(IReadOnlyList<TestPrediction> predictions) =>
        [
            .. predictions
                .Where(p => p.Label != p.Predicted)
                .GroupBy(p => (p.Label, p.Predicted))
                .Select(g => new ConfusedPair(g.Key.Label, g.Key.Predicted, g.Count()))
                .OrderByDescending(pair => pair.Count)
                .ThenBy(pair => pair.Label)
                .ThenBy(pair => pair.Predicted)
                .Take(MostPairs),
        ];
}
