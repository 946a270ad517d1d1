using System.Text.Json;
using System.Text.Json.Nodes;
using GpuGeek.Recipes;

namespace GpuGeek.Worker.Commands;

/// <summary>
/// A recipe in a file: a part of one, a whole one, or a document that has one under <c>recipe</c>, such as <c>spec.json</c> of a run
/// directory or what the API says of a run.
/// </summary>
internal static class RecipeFile
{
    /// <returns>The basis is the file's recipe where that is a whole one: its values are not a preset's of today.</returns>
    /// <exception cref="RecipeException">The file holds no recipe.</exception>
    /// <exception cref="IOException"/>
    public static (PartialRecipe Recipe, Recipe? Basis) Read(string path)
    {
        try
        {
            var document = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("It is no JSON object.");
            if (document["recipe"] is JsonObject inner)
                document = inner;
            return Whole(document) is { } whole ? (PartialRecipe.Of(whole), whole) : (document.Deserialize<PartialRecipe>()!, null);
        }
        catch (JsonException broken)
        {
            throw new RecipeException([new("recipe", "impossible_value", $"{path} holds no recipe: {broken.Message}")]);
        }
    }

    private static Recipe? Whole(JsonObject document)
    {
        try
        {
            return RecipeDocument.Read((JsonObject)document.DeepClone());
        }
        catch (JsonException)
        {
            // It leaves out what every recipe names: a part.
            return null;
        }
    }
}
