using GpuGeek.Domain.Common;
using GpuGeek.Training.Data;
using GpuGeek.Training.Engine;

namespace GpuGeek.Training.Tests.Engine;

public sealed class Scoring
{
    [Fact]
    public void Counts_precision_recall_and_F1_of_each_class()
    {
        // Truth 0: two right, one taken for 1. Truth 1: one right. Truth 2: none in the split.
        var logits = new SplitLogits(
            [
                [2, 1, 0],
                [2, 1, 0],
                [0, 1, 0],
                [0, 3, 1],
            ],
            [0, 0, 0, 1]
        );
        var confusion = Scores.Confusion(logits, 3);
        Assert.Equal(
            [
                [2, 1, 0],
                [0, 1, 0],
                [0, 0, 0],
            ],
            confusion
        );
        var scores = Scores.PerClass(confusion, ["a", "b", "c"]);
        Assert.Equal((1, 2.0 / 3, 0.8, 3), (scores[0].Precision, scores[0].Recall, scores[0].F1, scores[0].Support));
        Assert.Equal((0.5, 1, 2.0 / 3, 1), (scores[1].Precision, scores[1].Recall, scores[1].F1, scores[1].Support));
        Assert.Equal((0, 0, 0, 0), (scores[2].Precision, scores[2].Recall, scores[2].F1, scores[2].Support));
        Assert.Equal(0.75, logits.Accuracy);
    }

    /// <summary>Two classes; of ten pictures at 73 % half are right, of ten at 95 % nine.</summary>
    [Fact]
    public void Averages_by_how_much_confidences_differ_from_shares_of_right_answers()
    {
        float[] fair = [1, 0],
            sure = [3, 0];
        var logits = new SplitLogits(
            [.. Enumerable.Repeat(fair, 10), .. Enumerable.Repeat(sure, 10)],
            [.. Enumerable.Repeat(0L, 5), .. Enumerable.Repeat(1L, 5), .. Enumerable.Repeat(0L, 9), 1]
        );
        double one = 1 / (1 + Math.Exp(-1)),
            three = 1 / (1 + Math.Exp(-3));
        Assert.Equal((one - 0.5 + three - 0.9) / 2, ExpectedCalibration.Of(logits, 1).Plain, 6);
        double half = 1 / (1 + Math.Exp(-0.5)),
            oneAndAHalf = 1 / (1 + Math.Exp(-1.5));
        Assert.Equal((half - 0.5 + 0.9 - oneAndAHalf) / 2, ExpectedCalibration.Of(logits, 2).Plain, 6);
    }

    /// <summary>A perfectly calibrated model shows an error on few pictures; its interval has the 0 in 95 of 100 cases.</summary>
    [Fact]
    public void Calls_no_calibrated_model_miscalibrated_because_the_pictures_are_few()
    {
        var errors = Enumerable.Range(0, 100).Select(seed => ExpectedCalibration.Of(Drawn(seed, 200, temperature: 1), 1)).ToList();
        Assert.InRange(errors.Count(e => e.Low == 0), 88, 100);
        Assert.True(errors.Average(e => e.Value) < 0.75 * errors.Average(e => e.Plain));
        Assert.All(errors, e => Assert.True(0 <= e.Low && e.Low <= e.Value && e.Value <= e.High && e.High <= 1));
    }

    [Fact]
    public void Finds_the_error_of_a_model_that_is_too_sure()
    {
        // So many pictures that what few add is nothing.
        var truth = ExpectedCalibration.Of(Drawn(1000, 200_000, temperature: 2.5), 1).Plain;
        Assert.InRange(truth, 0.1, 0.3);
        var errors = Enumerable.Range(0, 100).Select(seed => ExpectedCalibration.Of(Drawn(seed, 300, temperature: 2.5), 1)).ToList();
        Assert.InRange(errors.Count(e => e.Low <= truth && truth <= e.High), 88, 100);
        Assert.All(errors, e => Assert.True(e.Low > 0));
    }

    /// <summary>Labels drawn from softmax(logits / temperature).</summary>
    private static SplitLogits Drawn(int seed, int count, double temperature)
    {
        var random = CounterRandom.Keyed(seed);
        var (rows, labels) = (new float[count][], new long[count]);
        for (var i = 0; i < count; i++)
        {
            rows[i] = [.. Enumerable.Range(0, 4).Select(_ => (float)(4 * random.NextNormal()))];
            var probabilities = SplitLogits.Softmax(rows[i], temperature);
            var draw = random.NextDouble();
            while (labels[i] < 3 && (draw -= probabilities[labels[i]]) > 0)
                labels[i]++;
        }
        return new(rows, labels);
    }

    /// <summary>Labels drawn from softmax(logits / 2.5): the temperature that fits is 2.5.</summary>
    [Fact]
    public void Finds_the_temperature_that_made_the_labels() => Assert.InRange(TemperatureScaling.Fit(Drawn(5, 20_000, 2.5)), 2.4, 2.6);

    [Fact]
    public void Does_not_become_infinitely_sure_when_every_picture_is_right() =>
        Assert.InRange(
            TemperatureScaling.Fit(
                new SplitLogits(
                    [
                        [9, 0],
                        [0, 9],
                    ],
                    [0, 1]
                )
            ),
            0.5,
            1.1
        );

    [Fact]
    public void Folds_a_standardisation_into_the_layer_behind_it()
    {
        float[][] rows =
        [
            [1, 10, 5],
            [3, 30, 5],
            [5, 20, 5],
        ];
        var scaling = Standardisation.Fit(rows);
        float[] weight = [1, 2, 3, -1, 0.5f, 4],
            bias = [0.1f, -0.2f];
        var (foldedWeight, foldedBias) = scaling.Fold(weight, bias);
        foreach (var row in rows)
        foreach (var (a, b) in Linear(foldedWeight, foldedBias, row).Zip(Linear(weight, bias, scaling.Apply(row))))
            Assert.Equal(b, a, 1e-4);
        Assert.Equal([0, 0, 0], Enumerable.Range(0, 3).Select(j => Math.Round(rows.Average(r => scaling.Apply(r)[j]), 5)));
    }

    private static double[] Linear(float[] w, float[] b, float[] x) =>
        [.. b.Select((v, o) => v + x.Select((u, j) => (double)w[o * x.Length + j] * u).Sum())];
}
