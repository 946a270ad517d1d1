using System.Text.Json;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Runs;

namespace GpuGeek.Web.Components.Pages.Runs;

/// <summary>What the form holds; empty fields are the preset's.</summary>
public sealed class NewRunForm
{
    public static readonly string[] Presets = ["fast", "balanced"];

    public const string DefaultArchitecture = "mobilenet_v2";

    /// <summary>Stands in the JSON for the id of a version that does not exist yet.</summary>
    public const string NewVersion = "ID_OF_THE_NEW_VERSION";

    private static readonly JsonSerializerOptions Indented = new(GpuGeekClient.Json) { WriteIndented = true };

    public string Preset { get; set; } = "fast";
    public Guid Version { get; set; }
    public string? Name { get; set; }
    public string Architecture { get; set; } = DefaultArchitecture;
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

    /// <summary>Takes every value of a recipe, so that sending the form unchanged asks for the same recipe.</summary>
    /// <param name="start">What the recipe starts from, as the form offers it.</param>
    public void Take(RecipeRequest recipe, StartChoice start)
    {
        Preset = recipe.Preset;
        Architecture = recipe.Architecture ?? Architecture;
        Epochs = recipe.Epochs;
        Seed = recipe.Seed;
        BatchSize = recipe.BatchSize;
        LearningRate = recipe.LearningRate;
        WeightDecay = recipe.WeightDecay;
        LabelSmoothing = recipe.LabelSmoothing;
        InputSize = recipe.InputSize;
        Dropout = recipe.Dropout;
        StochasticDepth = recipe.StochasticDepth;
        Start = start;
        Groups = start.Request is null ? null : recipe.Start?.Groups;
    }

    public CreateRunRequest Request(string project) =>
        new()
        {
            Project = project,
            DatasetVersion = Version,
            Name = string.IsNullOrWhiteSpace(Name) ? null : Name.Trim(),
            Recipe = new()
            {
                Preset = Preset,
                Architecture = Start.Architecture ?? Architecture,
                Epochs = Epochs,
                Seed = Seed,
                BatchSize = BatchSize,
                LearningRate = LearningRate,
                WeightDecay = WeightDecay,
                LabelSmoothing = LabelSmoothing,
                Pretrained = Start != StartChoice.Random,
                Start = Start.Request is { } start ? start with { Groups = Groups } : null,
                InputSize = InputSize,
                Dropout = Dropout,
                StochasticDepth = StochasticDepth,
            },
        };

    /// <summary>A dataset without a version has no id to show: starting makes the version first.</summary>
    public string Json(string project)
    {
        var json = JsonSerializer.SerializeToNode(Request(project), GpuGeekClient.Json)!;
        if (Version == Guid.Empty)
            json["datasetVersion"] = NewVersion;
        return json.ToJsonString(Indented);
    }
}
