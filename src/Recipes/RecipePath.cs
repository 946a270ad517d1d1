using System.Text.Json.Nodes;

namespace GpuGeek.Recipes;

/// <summary>Paths of sections and settings in a document: <c>optimizer.learningRate</c>.</summary>
internal static class RecipePath
{
    /// <summary>The name of the section or setting inside its section.</summary>
    public static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];

    /// <returns>Null: it is null, or not in the document.</returns>
    public static JsonNode? Find(JsonObject document, string path) =>
        path.Split('.').Aggregate((JsonNode?)document, (at, part) => (at as JsonObject)?[part]);
}
