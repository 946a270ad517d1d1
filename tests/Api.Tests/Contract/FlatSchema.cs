using System.Text.Json.Nodes;

namespace GpuGeek.Api.Tests.Contract;

/// <summary>A schema with its references followed and its <c>allOf</c> put together.</summary>
internal sealed class FlatSchema
{
    public FlatSchema(JsonObject document, JsonNode schema) => Add(document, schema);

    /// <summary>Of the component it refers to, if any.</summary>
    public string? Name { get; private set; }
    public string? Type { get; private set; }
    public string? Format { get; private set; }
    public bool Nullable { get; private set; }
    public List<string>? Enum { get; private set; }
    public Dictionary<string, JsonNode> Properties { get; } = [];
    public HashSet<string> Required { get; } = [];
    public JsonNode? Items { get; private set; }

    /// <summary>Of a dictionary.</summary>
    public JsonNode? Values { get; private set; }

    private void Add(JsonObject document, JsonNode schema)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            Name = reference[(reference.LastIndexOf('/') + 1)..];
            Add(document, document["components"]!["schemas"]![Name]!);
        }
        foreach (var part in schema["allOf"]?.AsArray() ?? [])
            Add(document, part!);
        Type = schema["type"]?.GetValue<string>() ?? Type;
        Format = schema["format"]?.GetValue<string>() ?? Format;
        Nullable |= schema["nullable"]?.GetValue<bool>() == true;
        if (schema["enum"]?.AsArray() is { } values)
            Enum = [.. values.Select(v => v?.ToJsonString() ?? "null")];
        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
            Properties[name] = property!;
        Required.UnionWith((schema["required"]?.AsArray() ?? []).Select(r => r!.GetValue<string>()));
        Items = schema["items"] ?? Items;
        Values = schema["additionalProperties"] as JsonObject ?? Values;
    }
}
