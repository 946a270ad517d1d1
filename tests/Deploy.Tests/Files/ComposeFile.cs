using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace GpuGeek.Deploy.Tests.Files;

internal sealed record Mount(string Source, string Target, bool ReadOnly)
{
    public bool IsNamed => !Source.StartsWith('.') && !Source.StartsWith('/');

    public static Mount Parse(string text) =>
        text.Split(':') is [var source, var target, .. var options]
            ? new(source, target, options.Contains("ro"))
            : throw new FormatException($"'{text}' is no volume.");
}

/// <summary>A service with its anchors and merges resolved; values are as written, with their <c>${…}</c>.</summary>
internal sealed record Service(string Name, JsonObject Node)
{
    public string Text(string key) => (string?)Node[key] ?? "";

    public string Target => (string?)Node["build"]?["target"] ?? "";
    public bool RunsOnce => Text("restart") == "no";

    public IReadOnlyList<string> List(string key) => Node[key] is JsonArray items ? [.. items.Select(i => (string)i!)] : [];

    public IReadOnlyList<Mount> Volumes => [.. List("volumes").Select(Mount.Parse)];
    public IReadOnlyDictionary<string, string> Environment =>
        Node["environment"] is JsonObject map
            ? map.ToDictionary(p => p.Key, p => (string)p.Value!, StringComparer.Ordinal)
            : new(StringComparer.Ordinal);
    public IReadOnlyList<string> HealthCheck => Node["healthcheck"]?["test"] is JsonArray test ? [.. test.Select(i => (string)i!)] : [];
    public IEnumerable<string> Needs => Node["depends_on"] is JsonObject needs ? needs.Select(n => n.Key) : [];
}

internal sealed record ComposeFile(IReadOnlyList<Service> Services, JsonObject Networks, IReadOnlyList<string> Volumes)
{
    public static string FileName { get; } = Path.Combine(TestSupport.SharedData.RepositoryRoot, "docker-compose.yml");

    public Service this[string name] => Services.Single(s => s.Name == name);

    public static ComposeFile Load() => Parse(File.ReadAllText(FileName));

    public static ComposeFile Parse(string yaml)
    {
        var root = (JsonObject)
            ToNode(new DeserializerBuilder().Build().Deserialize<object>(new MergingParser(new Parser(new StringReader(yaml)))))!;
        return new(
            [.. ((JsonObject)root["services"]!).Select(s => new Service(s.Key, (JsonObject)s.Value!))],
            (JsonObject)root["networks"]!,
            [.. ((JsonObject)root["volumes"]!).Select(v => v.Key)]
        );
    }

    private static JsonNode? ToNode(object? value) =>
        value switch
        {
            null => null,
            IDictionary<object, object?> map => new JsonObject(map.Select(p => KeyValuePair.Create((string)p.Key, ToNode(p.Value)))),
            IList<object?> list => new JsonArray([.. list.Select(ToNode)]),
            _ => JsonValue.Create(value.ToString()),
        };
}
