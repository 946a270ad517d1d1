using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace GpuGeek.Recipes;

/// <summary>
/// Part of a recipe over a preset: what differs from the preset's values. It has the recipe's shape, and every section and setting may be
/// left out. In code settings are named by their paths: <c>new PartialRecipe { Preset = "fast", ["budget.epochs"] = 5 }</c>.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed class PartialRecipe
{
    private PartialRecipe(JsonObject document) => Document = document;

    public PartialRecipe()
        : this([]) { }

    /// <summary>As it was written: it may hold anything until <see cref="RecipeDocument.Apply"/> has checked it.</summary>
    public JsonObject Document { get; }

    /// <summary>Every value of a recipe, so that the same is asked for whatever the preset's values are by then.</summary>
    public static PartialRecipe Of(Recipe recipe) => new(RecipeDocument.Write(recipe));

    public string? Preset
    {
        get => Read("preset") as string;
        set => this["preset"] = value;
    }

    /// <summary>Takes a setting as it is typed: <c>optimizer.learningRate=0.001</c>.</summary>
    /// <exception cref="RecipeException"/>
    public void Set(string pair)
    {
        var at = pair.IndexOf('=', StringComparison.Ordinal);
        if (at < 1)
            throw new RecipeException([new(pair, "impossible_value", $"'{pair}' is not path=value, such as budget.epochs=5.")]);
        var path = pair[..at];
        if (RecipeSchema.Find(path) is not { About.ReadOnly: false } setting)
            throw new RecipeException([RecipeMerge.Unknown(path)]);
        var (parent, name) = Parent(path);
        parent[name] = SettingValue.Parse(setting, pair[(at + 1)..]);
    }

    /// <summary>A copy in which one setting has another value.</summary>
    public PartialRecipe With(string path, object? value) => new((JsonObject)Document.DeepClone()) { [path] = value };

    /// <summary>Null: it is null or left out. A section's value is a <see cref="JsonObject"/>.</summary>
    /// <exception cref="ArgumentException">On writing: no setting has this path.</exception>
    public object? this[string path]
    {
        get => Read(path);
        set
        {
            if (path != "preset" && RecipeSchema.Sections.All(section => section.Path != path))
                RecipeSchema.Get(path);
            var (parent, name) = Parent(path);
            if (value is null)
                parent.Remove(name);
            else
                parent[name] = JsonSerializer.SerializeToNode(value, value.GetType(), RecipeDocument.Json);
        }
    }

    private object? Read(string path)
    {
        var at = RecipePath.Find(Document, path);
        // Without the casts the compiler would make a JSON node of every value.
        return at switch
        {
            JsonValue value when value.GetValueKind() == JsonValueKind.String => (object)value.GetValue<string>(),
            JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => (object)value.GetValue<bool>(),
            JsonValue value when value.TryGetValue<int>(out var whole) => (object)whole,
            JsonValue value when value.TryGetValue<double>(out var number) => (object)number,
            _ => at,
        };
    }

    private (JsonObject Parent, string Name) Parent(string path)
    {
        var parts = path.Split('.');
        var at = Document;
        foreach (var part in parts[..^1])
        {
            if (at[part] is not JsonObject inner)
                at[part] = inner = [];
            at = inner;
        }
        return (at, parts[^1]);
    }

    internal sealed class Converter : JsonConverter<PartialRecipe>
    {
        public override PartialRecipe Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonNode.Parse(ref reader) is JsonObject document
                ? new(document)
                : throw new JsonException("A recipe is an object: a preset and what differs from it.");

        public override void Write(Utf8JsonWriter writer, PartialRecipe value, JsonSerializerOptions options) =>
            value.Document.WriteTo(writer);
    }
}
