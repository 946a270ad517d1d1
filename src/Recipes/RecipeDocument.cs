using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace GpuGeek.Recipes;

/// <summary>The recipe as JSON.</summary>
public static class RecipeDocument
{
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    public static JsonObject Write(Recipe recipe) => (JsonObject)JsonSerializer.SerializeToNode(recipe, Json)!;

    /// <summary>Reads a whole recipe of this or an older schema.</summary>
    /// <exception cref="RecipeException">A newer version wrote it.</exception>
    /// <exception cref="JsonException">It is not a whole recipe.</exception>
    public static Recipe Read(JsonObject document) => RecipeUpgrades.Apply(document).Deserialize<Recipe>(Json)!;

    /// <summary>The recipe with what a request says in place of its own values. <c>transfer.start</c> replaces the whole start; the
    /// preset's
    /// name is kept.</summary>
    /// <exception cref="RecipeException">It names settings that do not exist, or values that no setting can have.</exception>
    public static Recipe Apply(Recipe recipe, PartialRecipe partial)
    {
        var given = RecipeUpgrades.Apply((JsonObject)partial.Document.DeepClone());
        var problems = new List<RecipeProblem>();
        var whole = Write(recipe);
        AugmentationPresets.Expand(whole, given);
        RecipeMerge.Into(whole, given, problems);
        return problems.Count > 0 ? throw new RecipeException(problems) : Read(whole);
    }

    /// <summary>For options whose documents hold recipes: reads older schemas too.</summary>
    public sealed class Converter : JsonConverter<Recipe>
    {
        public override Recipe Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonNode.Parse(ref reader) is JsonObject document
                ? RecipeDocument.Read(document)
                : throw new JsonException("A recipe is an object.");

        public override void Write(Utf8JsonWriter writer, Recipe value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, Json);
    }
}
