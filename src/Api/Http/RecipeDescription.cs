using System.Globalization;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;
using Microsoft.OpenApi;

namespace GpuGeek.Api.Http;

/// <summary>Recipes in the OpenAPI document: titles, texts and ranges come from the settings themselves.</summary>
internal static class RecipeDescription
{
    /// <summary>What requests hold: everything but the preset may be left out.</summary>
    public static OpenApiSchema Partial()
    {
        var schema = Whole();
        schema.Description = "A preset and what differs from it. Every section and setting may be left out.";
        schema.Required = new HashSet<string> { "preset" };
        return schema;
    }

    /// <summary>What answers hold: every value, resolved.</summary>
    public static OpenApiSchema Whole()
    {
        var properties = new Dictionary<string, IOpenApiSchema>
        {
            ["schema"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Format = "int32",
                Description = "Version of the document's shape.",
            },
            ["preset"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Title = RecipeSchema.Preset.About.Title,
                Description = $"{RecipeSchema.Preset.About.Help} One of {string.Join(", ", RecipePresets.Names)}.",
            },
        };
        foreach (var section in RecipeSchema.Sections)
        {
            var parts = section.Path.Split('.');
            var owner = parts[..^1].Aggregate((IDictionary<string, IOpenApiSchema>)properties, (at, part) => at[part].Properties!);
            owner[parts[^1]] = Object(section);
        }
        return new()
        {
            Type = JsonSchemaType.Object,
            Description = "Every choice of a training, resolved.",
            Properties = properties,
            AdditionalPropertiesAllowed = false,
        };
    }

    private static OpenApiSchema Object(Section section) =>
        new()
        {
            Type = JsonSchemaType.Object | (section.Nullable ? JsonSchemaType.Null : 0),
            Title = section.About.Title,
            Description = section.About.Help,
            Properties = section.Settings.ToDictionary(s => s.Path[(s.Path.LastIndexOf('.') + 1)..], IOpenApiSchema (s) => One(s)),
            AdditionalPropertiesAllowed = false,
        };

    private static OpenApiSchema One(Setting setting)
    {
        var about = setting.About;
        return new()
        {
            Type = Type(setting.Kind) | (setting.Nullable ? JsonSchemaType.Null : 0),
            Format = setting.Kind switch
            {
                SettingKind.Number => "double",
                SettingKind.Whole => "int32",
                SettingKind.Id => "uuid",
                _ => null,
            },
            Items = setting.Kind == SettingKind.List ? new OpenApiSchema { Type = JsonSchemaType.String } : null,
            Title = about.Title,
            Description = about.Null.Length > 0 ? $"{about.Help} Null: {about.Null}." : about.Help,
            Minimum = Bound(about.Min),
            Maximum = setting.Kind is SettingKind.Text ? null : Bound(about.Max),
            MaxLength = setting.Kind is SettingKind.Text && double.IsFinite(about.Max) ? (int)about.Max : null,
            ReadOnly = about.ReadOnly,
        };
    }

    private static string? Bound(double value) => double.IsFinite(value) ? ((decimal)value).ToString(CultureInfo.InvariantCulture) : null;

    private static JsonSchemaType Type(SettingKind kind) =>
        kind switch
        {
            SettingKind.Number => JsonSchemaType.Number,
            SettingKind.Whole => JsonSchemaType.Integer,
            SettingKind.Switch => JsonSchemaType.Boolean,
            SettingKind.List => JsonSchemaType.Array,
            _ => JsonSchemaType.String,
        };
}
