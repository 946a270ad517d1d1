using System.Text.Json.Nodes;

namespace GpuGeek.Recipes;

/// <summary>JSON Schema (draft 2020-12) of a partial recipe, made from the records. Beside the standard's words it has <c>x-unit</c> and
/// <c>x-scale</c>.</summary>
public static class RecipeJsonSchema
{
    /// <param name="presets">Names of the built-in presets. <c>preset</c> may also name one of the organisation's own recipes.</param>
    public static JsonObject Write(IEnumerable<string> presets)
    {
        var properties = new JsonObject
        {
            ["schema"] = new JsonObject
            {
                ["type"] = "integer",
                ["minimum"] = 1.0,
                ["maximum"] = (double)RecipeUpgrades.Current,
                ["description"] = "Version of the document's shape; left out, the newest.",
            },
            ["preset"] = new JsonObject
            {
                ["type"] = "string",
                ["title"] = RecipeSchema.Preset.About.Title,
                ["description"] = RecipeSchema.Preset.About.Help,
                ["examples"] = new JsonArray([.. presets.Select(name => JsonValue.Create(name))]),
            },
        };
        foreach (var section in RecipeSchema.Sections)
        {
            var parts = section.Path.Split('.');
            var owner = parts[..^1].Aggregate(properties, (at, part) => at[part]!["properties"]!.AsObject());
            owner[parts[^1]] = Object(section);
        }
        return new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Recipe",
            ["description"] = "A preset and what differs from it. Every section and setting may be left out.",
            ["type"] = "object",
            ["required"] = new JsonArray("preset"),
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
    }

    private static JsonObject Object(Section section)
    {
        var properties = new JsonObject();
        foreach (var setting in section.Settings)
            properties[RecipePath.Last(setting.Path)] = One(setting);
        return new()
        {
            ["type"] = Type("object", section.Nullable),
            ["title"] = section.About.Title,
            ["description"] = section.About.Help,
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
    }

    private static JsonObject One(Setting setting)
    {
        var about = setting.About;
        var schema = new JsonObject
        {
            ["type"] = Type(Name(setting.Kind), setting.Nullable),
            ["title"] = about.Title,
            ["description"] = about.Null.Length > 0 ? $"{about.Help} Null: {about.Null}." : about.Help,
        };
        if (setting.Kind == SettingKind.Id)
            schema["format"] = "uuid";
        if (setting.Kind == SettingKind.Color)
            schema["pattern"] = "^#[0-9a-fA-F]{6}$";
        if (setting.Kind == SettingKind.Choice)
            schema["enum"] = Choices(setting);
        if (setting.Kind == SettingKind.List)
            schema["items"] = new JsonObject { ["type"] = "string" };
        if (setting.Kind == SettingKind.Text && double.IsFinite(about.Max))
            schema["maxLength"] = (int)about.Max;
        if (setting.Kind is SettingKind.Number or SettingKind.Whole)
            AddRange(schema, about);
        if (about.ReadOnly)
            schema["readOnly"] = true;
        return schema;
    }

    // JSON Schema compares with each of them, so null must be there where it is allowed.
    private static JsonArray Choices(Setting setting)
    {
        var choices = new JsonArray([.. setting.About.Choices.Select(choice => JsonValue.Create(choice))]);
        if (setting.Nullable)
            choices.Add(null);
        return choices;
    }

    private static void AddRange(JsonObject schema, SettingAttribute about)
    {
        if (double.IsFinite(about.Min))
            schema["minimum"] = about.Min;
        if (double.IsFinite(about.Max))
            schema["maximum"] = about.Max;
        if (about.Unit.Length > 0)
            schema["x-unit"] = about.Unit;
        if (about.Scale == SettingScale.Log)
            schema["x-scale"] = "log";
    }

    private static string Name(SettingKind kind) =>
        kind switch
        {
            SettingKind.Number => "number",
            SettingKind.Whole => "integer",
            SettingKind.Switch => "boolean",
            SettingKind.List => "array",
            _ => "string",
        };

    private static JsonNode Type(string name, bool nullable) => nullable ? new JsonArray(name, "null") : JsonValue.Create(name);
}
