using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;

namespace GpuGeek.Training.Engine;

internal static class Scores
{
    /// <returns>Counts by [true class][predicted class].</returns>
    public static int[][] Confusion(SplitLogits logits, int classes) =>
        ConfusionMatrix.Of(logits.Rows.Zip(logits.Labels, (row, label) => ((int)label, SplitLogits.Argmax(row))), classes);

    /// <summary>Precision, recall and F1 of each class; 0 where there is nothing to divide by.</summary>
    public static ClassScore[] PerClass(int[][] confusion, string[] names) =>
        [.. names.Zip(ConfusionMatrix.Figures(confusion), (name, of) => new ClassScore(name, of.Precision, of.Recall, of.F1, of.Support))];
}
