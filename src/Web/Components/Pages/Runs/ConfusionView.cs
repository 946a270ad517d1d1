namespace GpuGeek.Web.Components.Pages.Runs;

/// <summary>What is shown of a confusion matrix: nobody reads one of hundreds of rows.</summary>
internal static class ConfusionView
{
    /// <summary>More classes than these are not shown at once.</summary>
    public const int Most = 25;

    /// <summary>The classes with the most mistakes; with a class in focus, that one and those it is confused with most.</summary>
    /// <returns>Indices in the order of the matrix.</returns>
    public static int[] Classes(int[][] confusion, int? focus)
    {
        var all = Enumerable.Range(0, confusion.Length);
        if (focus is { } of)
            return
            [
                .. all.Where(c => c != of && confusion[of][c] + confusion[c][of] > 0)
                    .OrderByDescending(c => confusion[of][c] + confusion[c][of])
                    .Take(Most - 1)
                    .Append(of)
                    .Order(),
            ];
        if (confusion.Length <= Most)
            return [.. all];
        return [.. all.OrderByDescending(c => Mistakes(confusion, c)).Take(Most).Order()];
    }

    /// <summary>The classes with the lowest F1 first, where there are too many to read.</summary>
    public static IEnumerable<T> Worst<T>(IReadOnlyList<T> classes, Func<T, double> score, bool all) =>
        classes.Count <= Most || all ? classes : classes.OrderBy(score).Take(Most);

    private static int Mistakes(int[][] confusion, int of) => confusion[of].Sum() + confusion.Sum(row => row[of]) - 2 * confusion[of][of];
}
