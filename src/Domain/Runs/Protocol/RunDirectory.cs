using System.Text.Json;
using System.Text.Json.Serialization;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Runs.Protocol;

/// <summary>The layout of a run directory. stdout and stderr of the child are only a log (<c>log.txt</c>).</summary>
public sealed record RunDirectory(string Root)
{
    public string Spec => Path.Combine(Root, "spec.json");
    public string Events => Path.Combine(Root, "events.jsonl");
    public string Log => Path.Combine(Root, "log.txt");
    public string Checkpoints => Path.Combine(Root, "checkpoints");
    public string Result => Path.Combine(Root, "result");

    /// <summary>Derived pictures and embeddings of the training: may be deleted at any time while no child is running.</summary>
    public string Cache => Path.Combine(Root, "cache");

    /// <summary>JSON options for spec and events, on both sides.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new RecipeDocument.Converter() },
            AllowOutOfOrderMetadataProperties = true,
        };
}
