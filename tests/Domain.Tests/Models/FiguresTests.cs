using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;

namespace GpuGeek.Domain.Tests.Models;

public sealed class TheFiguresOfPredictions
{
    private static TestPrediction Said(int label, params float[] probabilities) =>
        new($"{label}", label, Array.IndexOf(probabilities, probabilities.Max()), probabilities);

    [Fact]
    public void Are_those_that_one_computes_by_hand()
    {
        TestPrediction[] predictions =
        [
            Said(0, 0.7f, 0.2f, 0.1f, 0),
            Said(0, 0.4f, 0.5f, 0.1f, 0),
            Said(1, 0.3f, 0.6f, 0.1f, 0),
            Said(2, 0.5f, 0.3f, 0.2f, 0),
        ];
        var figures = EvaluationFigures.Of(predictions, 1);
        Assert.Equal([(1, 0.5), (3, 1.0)], figures.Top.Select(t => (t.K, t.Accuracy)));
        // Precision 1/2, 1/2, 0, 0; recall 1/2, 1, 0, 0.
        Assert.Equal((0.25, 0.375), (figures.Macro.Precision, figures.Macro.Recall));
        Assert.Equal((0.375, 0.5), (figures.Weighted.Precision, figures.Weighted.Recall));
        Assert.Equal((0.5 + 2 / 3.0) / 4, figures.Macro.F1, 12);
        Assert.Equal([new(0, 1, 1), new(2, 0, 1)], figures.Confused);
        Assert.Equal((0.14 + 0.62 + 0.26 + 0.98) / 4, figures.After.Brier, 6);
        Assert.Equal(figures.After.Brier, figures.Before.Brier, 6);
        // Nobody has a picture of the fourth class.
        Assert.Equal((null, null), (figures.Classes[3].AreaUnderRoc, figures.Classes[3].AveragePrecision));
        // 0.7 and 0.4 are of the class; 0.5 and 0.3 are not.
        Assert.Equal((0.75, (1 + 2 / 3.0) / 2), (figures.Classes[0].AreaUnderRoc!.Value, figures.Classes[0].AveragePrecision!.Value));
    }

    [Fact]
    public void Know_the_probabilities_without_the_temperature()
    {
        double[] logits = [2, 1, -0.5];
        float[] Softmax(double temperature)
        {
            var powers = logits.Select(z => Math.Exp(z / temperature)).ToArray();
            return [.. powers.Select(p => (float)(p / powers.Sum()))];
        }
        var cooled = EvaluationFigures.Of([Said(0, Softmax(2.5))], 2.5);
        var plain = EvaluationFigures.Of([Said(0, Softmax(1))], 1);
        Assert.Equal(plain.After.Brier, cooled.Before.Brier, 6);
        Assert.NotEqual(cooled.After.Brier, cooled.Before.Brier, 3);
    }

    [Fact]
    public void Sort_confidences_into_bins()
    {
        var bins = Reliability.Of([(1, true), (0.96, false), (0.5, true), (0, false), (1 / 15.0, true)]);
        Assert.Equal(15, bins.Count);
        Assert.Equal((2, 0.98, 0.5), (bins[14].Count, bins[14].Confidence, bins[14].Accuracy));
        Assert.Equal((1, 1.0), (bins[7].Count, bins[7].Accuracy));
        Assert.Equal(2, bins[0].Count);
    }

    /// <summary>From tables of the binomial distribution.</summary>
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(5, 5, 1)]
    [InlineData(0, 5, 0.0625)]
    [InlineData(8, 1, 0.0390625)]
    [InlineData(1, 8, 0.0390625)]
    [InlineData(600, 400, 2.7e-10)]
    public void Say_how_likely_a_difference_is_by_chance(int onlyFirst, int onlySecond, double probability) =>
        Assert.Equal(probability, McNemarTest.Probability(onlyFirst, onlySecond), probability / 50);

    [Fact]
    public void Take_equal_probabilities_together_and_thin_long_curves()
    {
        var same = RankingCurve.Of(Enumerable.Range(0, 100).Select(i => new RankedPicture(0.5, i % 4 == 0)));
        Assert.Equal(new(0.5, 1, 1, 0.25), Assert.Single(same.Points));
        Assert.Equal((0.5, 0.25), (same.AreaUnderRoc()!.Value, same.AveragePrecision()!.Value));
        var many = RankingCurve.Of(Enumerable.Range(0, 1000).Select(i => new RankedPicture(i / 1000.0, i % 3 == 0)));
        var thinned = many.Thinned(200);
        Assert.Equal(200, thinned.Count);
        Assert.Equal((many.Points[0], many.Points[^1]), (thinned[0], thinned[^1]));
    }
}
