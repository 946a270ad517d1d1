using System.Text.Json.Nodes;

namespace GpuGeek.Recipes;

/// <summary>
/// What a recipe trains, in one canonical form: the checkpoint's fingerprint is taken from it. Settings are sorted by path. One that has
/// its neutral value is left out, so that a new setting leaves the fingerprint of every older run as it was; what a preset's value is today
/// never matters.
/// </summary>
public static class RecipeIdentity
{
    /// <returns>A flat object from paths to values.</returns>
    public static JsonObject Of(Recipe recipe)
    {
        var document = RecipeDocument.Write(recipe);
        var canonical = new JsonObject();
        foreach (var setting in RecipeSchema.Settings.OrderBy(s => s.Path, StringComparer.Ordinal))
            if (!setting.About.Provenance && !(setting.HasNeutral && IsNeutral(setting, recipe)))
                canonical[setting.Path] = RecipePath.Find(document, setting.Path)?.DeepClone();
        return canonical;
    }

    private static bool IsNeutral(Setting setting, Recipe recipe) => Equals(setting.Of(recipe), setting.Neutral);
}
