namespace GpuGeek.Recipes;

/// <summary>Finds the name that somebody who mistyped may have meant.</summary>
public static class NearestName
{
    /// <returns>Null: none is near. Letters, case and sections left out count little: <c>epochs</c> means <c>budget.epochs</c>.</returns>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var best = known
            .Select(candidate => (candidate, Distance: Distance(name, candidate)))
            .OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.candidate is not null && best.Distance <= Math.Max(2, name.Length / 3) ? best.candidate : null;
    }

    private static int Distance(string name, string candidate)
    {
        var whole = Edits(name, candidate);
        // The right name in a wrong section is nearer than any other.
        return Math.Min(whole, 1 + Edits(RecipePath.Last(name), RecipePath.Last(candidate)));
    }

    /// <summary>Levenshtein's distance, without regard to case.</summary>
    private static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitute = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
