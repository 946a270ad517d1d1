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

    /// <summary>Labels drawn from softmax(logits / 2.5): the temperature that fits is 2.5.</summary>
    [Fact]
    public void Finds_the_temperature_that_made_the_labels()
    {
        var random = CounterRandom.Keyed(5);
        List<float[]> rows = [];
        List<long> labels = [];
        for (var i = 0; i < 20_000; i++)
        {
            float[] row = [.. Enumerable.Range(0, 4).Select(_ => (float)(4 * random.NextNormal()))];
            var probabilities = SplitLogits.Softmax(row, 2.5);
            var (draw, label) = (random.NextDouble(), 0);
            while (label < 3 && (draw -= probabilities[label]) > 0)
                label++;
            rows.Add(row);
            labels.Add(label);
        }
        Assert.InRange(TemperatureScaling.Fit(new SplitLogits([.. rows], [.. labels])), 2.4, 2.6);
    }

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
