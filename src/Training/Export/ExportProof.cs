using GpuGeek.Domain.Datasets;
using GpuGeek.Training.Common;
using GpuGeek.Training.Engine;

namespace GpuGeek.Training.Export;

/// <summary>
/// Runs core.onnx on real test pictures, from their original bytes through the serving path, and compares it with the trained network.
/// The bounds: no probability (after temperature) may differ by more than 1e-4, and no logit by more than 1e-4 × max(1, the largest
/// |logit| of the compared pictures).
/// </summary>
internal sealed class ExportProof(RunContext context, ICoreModelProof proof)
{
    private const int MaxPictures = 64;
    private const double Tolerance = 1e-4;

    /// <param name="test">The network's own logits of the whole test split, from which the reported accuracy is computed.</param>
    /// <returns>The largest absolute difference of a logit.</returns>
    /// <exception cref="TrainingFailedException"><c>export_mismatch</c>.</exception>
    public double Check(string onnxPath, SplitLogits test, double temperature)
    {
        var images = context.Originals.Split(Splits.Test);
        // Spread over the split, which is sorted by content, so that all classes are included.
        var count = Math.Min(MaxPictures, images.Length);
        int[] chosen = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * images.Length / count))];
        var size = 3 * context.Preprocessing.CropSize * context.Preprocessing.CropSize;
        var inputs = new float[count * size];
        for (var i = 0; i < count; i++)
            context.Originals.Preprocess(images[chosen[i]], context.Preprocessing, inputs.AsMemory(i * size, size));
        return Compare(proof.Logits(onnxPath, inputs, count), [.. chosen.Select(i => test.Rows[i])], temperature);
    }

    internal static double Compare(float[][] exported, float[][] trained, double temperature)
    {
        double worstLogit = exported.Length == trained.Length ? 0 : double.NaN,
            worstProbability = 0,
            largest = 1;
        foreach (var (onnx, torch) in exported.Zip(trained))
        {
            worstLogit = Math.Max(worstLogit, Worst(onnx, torch));
            worstProbability = Math.Max(
                worstProbability,
                Worst(SplitLogits.Softmax(onnx, temperature), SplitLogits.Softmax(torch, temperature))
            );
            largest = Math.Max(largest, torch.Max(Math.Abs));
        }
        // Written so that a NaN fails too.
        if (!(worstLogit <= Tolerance * largest && worstProbability <= Tolerance))
            throw new TrainingFailedException(
                "export_mismatch",
                "The export differs from the trained network",
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"core.onnx differs from the trained network by {worstLogit:g3} in a logit and {worstProbability:g3} in a "
                        + $"probability; allowed are {Tolerance * largest:g3} and {Tolerance:g3}."
                ),
                "Please report this with the recipe: the model was not published."
            );
        return worstLogit;
    }

    private static double Worst(float[] a, float[] b)
    {
        double worst = a.Length == b.Length ? 0 : double.NaN;
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var difference = Math.Abs((double)a[i] - b[i]);
            worst = double.IsNaN(difference) ? double.NaN : Math.Max(worst, difference);
        }
        return worst;
    }
}
