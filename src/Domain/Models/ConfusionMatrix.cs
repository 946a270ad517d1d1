namespace GpuGeek.Domain.Models;

/// <summary>0 where there is nothing to divide by.</summary>
/// <param name="Support">Pictures of the class.</param>
public sealed record ClassFigures(double Precision, double Recall, double F1, int Support);

/// <summary>Pictures by [true class][predicted class].</summary>
public static class ConfusionMatrix
{
    public static int[][] Of(IEnumerable<(int Label, int Predicted)> pictures, int classes)
    {
        int[][] counts = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        foreach (var (label, predicted) in pictures)
            counts[label][predicted]++;
        return counts;
    }

    /// <summary>Of each class.</summary>
    public static ClassFigures[] Figures(int[][] counts)
    {
        int[] predicted = [.. counts.Select((_, c) => counts.Sum(row => row[c]))];
        return
        [
            .. counts.Select(
                (row, c) =>
                {
                    var (hit, support) = (row[c], row.Sum());
                    return new ClassFigures(Share(hit, predicted[c]), Share(hit, support), Share(2 * hit, support + predicted[c]), support);
                }
            ),
        ];
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
