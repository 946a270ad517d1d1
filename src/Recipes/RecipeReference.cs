using System.Globalization;

namespace GpuGeek.Recipes;

/// <summary>A recipe that an organisation keeps, as a recipe's preset names it: <c>flowers-best</c> or <c>flowers-best@3</c>.</summary>
/// <param name="Number">Null: the newest version.</param>
public sealed record RecipeReference(string Name, int? Number)
{
    public override string ToString() => Number is null ? Name : $"{Name}@{Number}";

    /// <returns>Null: it is empty, or its version is not a number.</returns>
    public static RecipeReference? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
            return new(text, null);
        return int.TryParse(text[(at + 1)..], CultureInfo.InvariantCulture, out var number) ? new(text[..at], number) : null;
    }
}
