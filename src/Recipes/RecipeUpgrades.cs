using System.Text.Json.Nodes;

namespace GpuGeek.Recipes;

/// <summary>
/// Documents of older schemas, made current one version at a time. A new setting needs no new schema: an older document is read with the
/// setting's neutral value. A schema changes where a setting moves, is renamed or changes its meaning.
/// </summary>
public static class RecipeUpgrades
{
    /// <summary>Position n makes a document of schema n + 1 one of schema n + 2, in place.</summary>
    private static readonly Action<JsonObject>[] Steps = [];

    public static int Current => Steps.Length + 1;

    /// <exception cref="RecipeException"><c>unknown_recipe_schema</c>: a newer version wrote it, or none did.</exception>
    public static JsonObject Apply(JsonObject document) => Apply(document, Steps);

    internal static JsonObject Apply(JsonObject document, IReadOnlyList<Action<JsonObject>> steps)
    {
        var newest = steps.Count + 1;
        if (document.TryGetPropertyValue("schema", out var node))
        {
            if (node is not JsonValue value || !value.TryGetValue<int>(out var version) || version < 1 || version > newest)
                throw new RecipeException([
                    new("schema", "unknown_recipe_schema", $"The recipe's schema is not one of 1 to {newest}, which this version reads."),
                ]);
            foreach (var step in steps.Skip(version - 1))
                step(document);
        }
        document["schema"] = newest;
        return document;
    }
}
