using System.Text.Json;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Web.Components.Pages.Runs;

/// <summary>What the form holds; settings that it does not name are the preset's.</summary>
public sealed class NewRunForm
{
    public static readonly string[] Presets = ["fast", "balanced", "best"];

    public const string DefaultArchitecture = "mobilenet_v2";

    /// <summary>Stands in the JSON for the id of a version that does not exist yet.</summary>
    public const string NewVersion = "ID_OF_THE_NEW_VERSION";

    private const string ArchitecturePath = "model.architecture",
        PretrainedPath = "transfer.pretrained",
        StartPath = "transfer.start";

    /// <summary>Beginnings of paths.</summary>
    private static readonly string[] DecidesPictures =
    [
        "model.inputSize",
        "data.seed",
        "transfer.backboneRate",
        "augmentation.",
        "preprocessing.",
    ];

    private static readonly JsonSerializerOptions Indented = new(GpuGeekClient.Json) { WriteIndented = true };

    private readonly Dictionary<string, object> _values = [];

    public string Preset { get; set; } = "fast";
    public Guid Version { get; set; }
    public string? Name { get; set; }
    public string Architecture { get; set; } = DefaultArchitecture;
    public StartChoice Start { get; set; } = StartChoice.Published;

    /// <summary>Class of device; null: any.</summary>
    public string? Device { get; set; }

    /// <summary>Of the weights it starts from; null: all.</summary>
    public int? Groups { get; set; }

    /// <summary>A setting's value by its path; null: the preset's.</summary>
    public object? this[string path]
    {
        get => _values.GetValueOrDefault(path);
        set
        {
            if (value is null)
                _values.Remove(path);
            else
                _values[path] = value;
        }
    }

    /// <summary>What the chosen augmentation preset says; null: none is chosen, or it says nothing about the setting.</summary>
    public object? ByAugmentationPreset(Setting setting) =>
        IsInAugmentation(setting.Path) && AugmentationPresets.Find(this[AugmentationPresets.Path] as string) is { } preset
            ? setting.Properties[^1].GetValue(preset)
            : null;

    /// <summary>Takes what a person chose. An augmentation preset says what its whole section is, so values that stand there give
    /// way.</summary>
    public void Choose(Setting setting, object? value)
    {
        if (setting.Path == AugmentationPresets.Path)
            foreach (var path in _values.Keys.Where(IsInAugmentation).ToList())
                _values.Remove(path);
        this[setting.Path] = value;
    }

    private static bool IsInAugmentation(string path) => path.StartsWith("augmentation.", StringComparison.Ordinal);

    /// <summary>Settings that have a field of their own elsewhere in the form.</summary>
    public static bool HasOwnField(Setting setting) =>
        setting.Path is ArchitecturePath or PretrainedPath || setting.Path.StartsWith(StartPath + ".", StringComparison.Ordinal);

    /// <summary>Takes every value of a recipe, so that sending the form unchanged asks for the same recipe.</summary>
    /// <param name="start">What the recipe starts from, as the form offers it.</param>
    public void Take(Recipe recipe, StartChoice start)
    {
        Preset = recipe.Preset;
        Architecture = recipe.Model.Architecture;
        foreach (var setting in RecipeSchema.Settings.Where(setting => !HasOwnField(setting)))
            this[setting.Path] = setting.Of(recipe);
        Start = start;
        Groups = start.Request is null ? null : recipe.Transfer.Start?.Groups;
    }

    public CreateRunRequest Request(string project) =>
        new()
        {
            Project = project,
            DatasetVersion = Version,
            Name = string.IsNullOrWhiteSpace(Name) ? null : Name.Trim(),
            Recipe = Asked(),
            Device = Device,
        };

    /// <summary>What decides how pictures are changed, and how large they are.</summary>
    /// <param name="inputSize">That the preset chose for the data; null: nothing is known.</param>
    public PartialRecipe AugmentationRecipe(int? inputSize)
    {
        var recipe = new PartialRecipe { Preset = Preset, [PretrainedPath] = Start != StartChoice.Random };
        foreach (
            var setting in RecipeSchema.Settings.Where(s => DecidesPictures.Any(path => s.Path.StartsWith(path, StringComparison.Ordinal)))
        )
            if (this[setting.Path] is { } value)
                recipe[setting.Path] = value;
        if (this["model.inputSize"] is null)
            recipe["model.inputSize"] = inputSize;
        return recipe;
    }

    public PartialRecipe Asked()
    {
        var recipe = new PartialRecipe { Preset = Preset, [ArchitecturePath] = Start.Architecture ?? Architecture };
        foreach (var setting in RecipeSchema.Settings)
            if (this[setting.Path] is { } value)
                recipe[setting.Path] = value;
        recipe[PretrainedPath] = Start != StartChoice.Random;
        if (Start.Request is { } start)
        {
            recipe[StartPath + ".weights"] = start.Weights;
            recipe[StartPath + ".model"] = start.Model;
            recipe[StartPath + ".version"] = start.Version;
            recipe[StartPath + ".groups"] = Groups;
        }
        return recipe;
    }

    /// <summary>A dataset without a version has no id to show: starting makes the version first.</summary>
    public string Json(string project)
    {
        var json = JsonSerializer.SerializeToNode(Request(project), GpuGeekClient.Json)!;
        if (Version == Guid.Empty)
            json["datasetVersion"] = NewVersion;
        return json.ToJsonString(Indented);
    }
}
