using GpuGeek.Domain.Runs;

namespace GpuGeek.Training.Engine;

internal static class Scores
{
    /// <returns>Counts by [true class][predicted class].</returns>
    public static int[][] Confusion(SplitLogits logits, int classes)
    {
        var counts = Enumerable.Range(0, classes).Select(_ => new int[classes]).ToArray();
        foreach (var (row, label) in logits.Rows.Zip(logits.Labels))
            counts[label][SplitLogits.Argmax(row)]++;
        return counts;
    }

    /// <summary>Precision, recall and F1 of each class; 0 where there is nothing to divide by.</summary>
    public static ClassScore[] PerClass(int[][] confusion, string[] names) =>
        [
            .. names.Select(
                (name, c) =>
                {
                    int hit = confusion[c][c],
                        support = confusion[c].Sum(),
                        predicted = confusion.Sum(row => row[c]);
                    return new ClassScore(name, Share(hit, predicted), Share(hit, support), Share(2 * hit, support + predicted), support);
                }
            ),
        ];

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
