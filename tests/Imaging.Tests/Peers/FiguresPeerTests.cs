using System.Text.Json;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;

namespace GpuGeek.Imaging.Tests.Peers;

/// <summary>The same figures by scikit-learn (<c>tests/Peers/figures_peer.py</c>).</summary>
public sealed class ScikitLearn
{
    private static readonly PythonScript Script = new("figures_peer.py", "sklearn", "python3-sklearn");
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="Macro">Precision, recall, F1.</param>
    private sealed record Figures(
        double Accuracy,
        double Top3,
        double[] Macro,
        double[] Weighted,
        double[] Areas,
        double[] Precisions,
        double Brier
    );

    [Theory]
    [InlineData(1, 400, 6, 1.0, 2)]
    [InlineData(2, 60, 12, 0.2, 7)]
    [InlineData(3, 1000, 4, 3.0, 2)]
    public async Task Computes_the_same_figures(int seed, int pictures, int classes, double skill, int digits)
    {
        var predictions = Random(seed, pictures, classes, skill, digits);
        var (ours, theirs) = (EvaluationFigures.Of(predictions, 1), await AskAsync(predictions));
        Same(theirs.Accuracy, ours.Top[0].Accuracy);
        // Of equal probabilities it takes the last class first.
        if (digits > 2)
            Same(theirs.Top3, ours.Top.Single(t => t.K == 3).Accuracy);
        Assert.All(theirs.Macro.Zip([ours.Macro.Precision, ours.Macro.Recall, ours.Macro.F1]), pair => Same(pair.First, pair.Second));
        Assert.All(
            theirs.Weighted.Zip([ours.Weighted.Precision, ours.Weighted.Recall, ours.Weighted.F1]),
            pair => Same(pair.First, pair.Second)
        );
        Assert.All(theirs.Areas.Zip(ours.Classes), pair => Same(pair.First, pair.Second.AreaUnderRoc!.Value));
        Assert.All(theirs.Precisions.Zip(ours.Classes), pair => Same(pair.First, pair.Second.AveragePrecision!.Value));
        // It adds up in float32.
        Assert.Equal(theirs.Brier, ours.After.Brier, 5);
    }

    private static void Same(double theirs, double ours) => Assert.Equal(theirs, ours, 1e-9);

    /// <param name="digits">With two of them, many probabilities are equal.</param>
    private static List<TestPrediction> Random(int seed, int pictures, int classes, double skill, int digits)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, pictures).Select(One)];

        TestPrediction One(int i)
        {
            // Each class has a picture.
            var label = i < classes ? i : random.Next(classes);
            var scores = Enumerable.Range(0, classes).Select(c => Math.Exp(2 * random.NextDouble() + (c == label ? skill : 0))).ToArray();
            float[] probabilities = [.. scores.Select(s => (float)Math.Round(s / scores.Sum(), digits))];
            return new($"{i}", label, Array.IndexOf(probabilities, probabilities.Max()), probabilities);
        }
    }

    private static async Task<Figures> AskAsync(List<TestPrediction> predictions)
    {
        Script.Require();
        var folder = Directory.CreateTempSubdirectory("gpugeek-figures-");
        try
        {
            var (request, answer) = (Path.Combine(folder.FullName, "request"), Path.Combine(folder.FullName, "answer"));
            await using (var file = File.Create(request))
                await JsonSerializer.SerializeAsync(
                    file,
                    new
                    {
                        labels = predictions.Select(p => p.Label),
                        predicted = predictions.Select(p => p.Predicted),
                        probabilities = predictions.Select(p => p.Probabilities),
                    },
                    cancellationToken: Cancel
                );
            Script.Run([request, answer]);
            return JsonSerializer.Deserialize<Figures>(await File.ReadAllBytesAsync(answer, Cancel), JsonSerializerOptions.Web)!;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
