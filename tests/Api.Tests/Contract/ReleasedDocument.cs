using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GpuGeek.TestSupport;

namespace GpuGeek.Api.Tests.Contract;

/// <summary>The OpenAPI document of the last release, <c>docs/openapi/v1.json</c>. <c>GPUGEEK_UPDATE_CONTRACT=1</c> writes it again, as
/// each release does.</summary>
internal static class ReleasedDocument
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Path { get; } = System.IO.Path.Combine(SharedData.RepositoryRoot, "docs", "openapi", "v1.json");
    public static bool IsUpdated => Environment.GetEnvironmentVariable("GPUGEEK_UPDATE_CONTRACT") == "1";

    public static JsonObject Read() => JsonNode.Parse(File.ReadAllText(Path))!.AsObject();

    public static void Write(JsonObject document)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, Sorted(document)!.ToJsonString(Readable) + "\n");
    }

    /// <summary>Sorted by name, so that the diff of two releases shows only real changes.</summary>
    private static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject o => new JsonObject(
                o.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value)))
            ),
            JsonArray a => new JsonArray([.. a.Select(Sorted)]),
            _ => node?.DeepClone(),
        };
}
