using System.Globalization;
using System.Text;

namespace GpuGeek.Domain.Datasets;

/// <summary>Finds class names that are probably meant to be the same: 'Rose', 'roses' and 'rose '.</summary>
public static class NearNames
{
    /// <summary>In shorter words, another letter is another word: 'cat' and 'car'.</summary>
    private const int LeastForTypo = 5;

    /// <returns>The name among <paramref name="others"/> that nearly equals it; null: none does.</returns>
    public static string? Find(string name, IEnumerable<string> others)
    {
        var plain = Plain(name);
        return others
            .Where(other => other != name)
            .Select(other => (Other: other, Distance: Distance(plain, Plain(other))))
            .Where(pair => pair.Distance is not null)
            .OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.Other, StringComparer.Ordinal)
            .Select(pair => pair.Other)
            .FirstOrDefault();
    }

    /// <summary>Without case, accents, and what separates words.</summary>
    private static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormKD))
            if (char.IsLetterOrDigit(c) && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
                plain.Append(char.ToLowerInvariant(c));
        return plain.ToString();
    }

    /// <returns>0: they are equal; 1: one is the plural of the other; 2: one letter is missing, too much, another one, or changed places
    /// with the next; null: they are different names.</returns>
    private static int? Distance(string one, string other)
    {
        // Of names in other characters than letters nothing is left to compare.
        if (one.Length == 0 || other.Length == 0)
            return null;
        if (one == other)
            return 0;
        if (one.Length < 3 || other.Length < 3)
            return null;
        if (one == other + "s" || other == one + "s" || one == other + "es" || other == one + "es")
            return 1;
        return Math.Min(one.Length, other.Length) >= LeastForTypo && IsTypo(one, other) ? 2 : null;
    }

    /// <summary>Digits are never typos: 'type 1' and 'type 2' are different on purpose.</summary>
    private static bool IsTypo(string one, string other)
    {
        var (longer, shorter) = one.Length >= other.Length ? (one, other) : (other, one);
        if (longer.Length - shorter.Length > 1)
            return false;
        var at = 0;
        while (at < shorter.Length && longer[at] == shorter[at])
            at++;
        if (char.IsDigit(longer[at]) || (at < shorter.Length && char.IsDigit(shorter[at])))
            return false;
        if (longer.Length > shorter.Length)
            return longer[(at + 1)..] == shorter[at..];
        return longer[(at + 1)..] == shorter[(at + 1)..]
            || (
                at + 1 < shorter.Length
                && longer[at] == shorter[at + 1]
                && longer[at + 1] == shorter[at]
                && longer[(at + 2)..] == shorter[(at + 2)..]
            );
    }
}
