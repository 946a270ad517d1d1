using System.Globalization;
using System.Text.Json.Nodes;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;
using Microsoft.OpenApi;

namespace GpuGeek.Api.Http;

/// <summary>Recipes in the OpenAPI document, converted from their JSON Schema.</summary>
internal static class RecipeDescription
{
    /// <summary>Recipe in a request: everything but the preset may be left out.</summary>
    public static OpenApiSchema Partial()
    {
        var schema = Whole();
        schema.Description = "A preset and what differs from it. Every section and setting may be left out.";
        schema.Required = new HashSet<string> { "preset" };
        return schema;
    }

    /// <summary>Recipe in a response: every value, resolved.</summary>
    public static OpenApiSchema Whole()
    {
        var schema = Convert(RecipeJsonSchema.Write([]));
        var preset = RecipeSchema.Preset.About;
        schema.Title = null;
        schema.Description = "Every choice of a training, resolved.";
        schema.Properties!["schema"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Format = "int32",
            Description = "Version of the document's shape.",
        };
        schema.Properties["preset"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Title = preset.Title,
            Description = $"{preset.Help} One of {string.Join(", ", RecipePresets.Names)}.",
        };
        return schema;
    }

    private static OpenApiSchema Convert(JsonNode schema)
    {
        var type = Types(schema["type"]!).Aggregate((all, one) => all | one);
        return new()
        {
            Type = type,
            Format =
                type.HasFlag(JsonSchemaType.Number) ? "double"
                : type.HasFlag(JsonSchemaType.Integer) ? "int32"
                : (string?)schema["format"],
            Title = (string?)schema["title"],
            Description = (string?)schema["description"],
            Minimum = Bound(schema["minimum"]),
            Maximum = Bound(schema["maximum"]),
            MaxLength = (int?)schema["maxLength"],
            ReadOnly = (bool?)schema["readOnly"] ?? false,
            Items = schema["items"] is { } items ? Convert(items) : null,
            Properties = schema["properties"]?.AsObject().ToDictionary(p => p.Key, IOpenApiSchema (p) => Convert(p.Value!)),
            AdditionalPropertiesAllowed = (bool?)schema["additionalProperties"] ?? true,
        };
    }

    private static IEnumerable<JsonSchemaType> Types(JsonNode type) =>
        (type is JsonArray several ? several.Select(one => (string)one!) : [(string)type!]).Select(name =>
            Enum.Parse<JsonSchemaType>(name, ignoreCase: true)
        );

    // OpenAPI takes 0.0000001 and not 1E-07.
    private static string? Bound(JsonNode? value) =>
        value is null ? null : ((decimal)value.GetValue<double>()).ToString(CultureInfo.InvariantCulture);
}
