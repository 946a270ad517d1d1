using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GpuGeek.Domain.Common;

/// <summary>A name in a URL: 1 to 63 of a-z, 0-9 and single hyphens, no hyphen at either end.</summary>
public static class Slug
{
    public const int MaxLength = 63;
    public const string Pattern = "^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,62}$";

    // '$' also matches before a line break at the end.
    public static bool IsValid(string text) => Regex.IsMatch(text, Pattern) && text[^1] != '\n';

    /// <summary>The slug itself for 1, else with the number appended, shortened so that it fits.</summary>
    public static string Numbered(string slug, int number) =>
        number == 1
            ? slug
            : string.Create(CultureInfo.InvariantCulture, $"{slug[..Math.Min(slug.Length, MaxLength - 6)].TrimEnd('-')}-{number}");

    /// <summary>Accents dropped, everything else that is not a letter or digit becomes a hyphen; <paramref name="fallback"/> when nothing
    /// is left.</summary>
    public static string From(string name, string fallback)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)
                continue;
            var lower = char.ToLowerInvariant(c);
            if (lower is >= 'a' and <= 'z' or >= '0' and <= '9')
                slug.Append(lower);
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
            if (slug.Length == MaxLength)
                break;
        }
        var result = slug.ToString().Trim('-');
        return result.Length == 0 ? fallback : result;
    }
}
