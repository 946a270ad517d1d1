using System.Text.Json;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Runs;

namespace GpuGeek.Web.Components.Pages.Runs;

/// <summary>What the form holds; empty fields are the preset's.</summary>
public sealed class NewRunForm
{
    public static readonly string[] Presets = ["fast", "balanced"];
    private static readonly JsonSerializerOptions Indented = new(GpuGeekClient.Json) { WriteIndented = true };

    public string Preset { get; set; } = "fast";
    public Guid Version { get; set; }
    public string? Name { get; set; }
    public string Architecture { get; set; } = "mobilenet_v2";
    public int? Epochs { get; set; }
    public int? Seed { get; set; }
    public int? BatchSize { get; set; }
    public double? LearningRate { get; set; }
    public double? WeightDecay { get; set; }
    public double? LabelSmoothing { get; set; }
    public int? InputSize { get; set; }
    public double? Dropout { get; set; }
    public double? StochasticDepth { get; set; }
    public StartChoice Start { get; set; } = StartChoice.Published;
    /// <summary>Of the weights it starts from; null: all.</summary>
    public int? Groups { get; set; }

    public CreateRunRequest Request(string project) => new()
    {
        Project = project,
        DatasetVersion = Version,
        Name = string.IsNullOrWhiteSpace(Name) ? null : Name.Trim(),
        Recipe = new()
        {
            Preset = Preset, Architecture = Start.Architecture is null ? Architecture : null, Epochs = Epochs, Seed = Seed, BatchSize = BatchSize, LearningRate = LearningRate, WeightDecay = WeightDecay, LabelSmoothing = LabelSmoothing,
            InputSize = InputSize, Dropout = Dropout, StochasticDepth = StochasticDepth, Pretrained = Start == StartChoice.Random ? false : null, Start = Start.Request is { } start ? start with { Groups = Groups } : null,
        },
    };

    public string Json(string project) => JsonSerializer.Serialize(Request(project), Indented);
}
