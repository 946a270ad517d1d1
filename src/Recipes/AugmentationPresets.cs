using System.Text.Json;
using System.Text.Json.Nodes;

namespace GpuGeek.Recipes;

/// <summary>Values of the whole augmentation section under one name. A recipe that names one is resolved when it is asked for: later
/// versions of a preset do not change it.</summary>
public static class AugmentationPresets
{
    public const string None = "none",
        Light = "light",
        Medium = "medium",
        Strong = "strong",
        Tutorial = "tutorial",
        Path = "augmentation.preset";

    private static readonly Dictionary<string, AugmentationSettings> ByName = new AugmentationSettings[]
    {
        AugmentationSettings.None with
        {
            Preset = None,
        },
        AugmentationSettings.None with
        {
            Preset = Light,
            CropScaleMin = 0.7,
            HorizontalFlip = true,
        },
        AugmentationSettings.None with
        {
            Preset = Medium,
            CropScaleMin = 0.35,
            HorizontalFlip = true,
            ColorJitter = 0.2,
            RotationDegrees = 15,
        },
        // The changes of torchvision's newer ImageNet recipe.
        AugmentationSettings.None with
        {
            Preset = Strong,
            CropScaleMin = 0.08,
            HorizontalFlip = true,
            Policy = AugmentationSettings.TrivialAugmentWide,
            Erasing = 0.1,
        },
        AugmentationSettings.None with
        {
            Preset = Tutorial,
            CropScaleMin = 0.08,
            HorizontalFlip = true,
            ColorJitter = 0.2,
            RotationDegrees = 15,
        },
    }.ToDictionary(settings => settings.Preset!, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <returns>Null: no preset has this name.</returns>
    public static AugmentationSettings? Find(string? name) => name is null ? null : ByName.GetValueOrDefault(name);

    /// <summary>Puts the values of the preset that a partial document names in place of the whole one's section.</summary>
    internal static void Expand(JsonObject whole, JsonObject given)
    {
        if (RecipePath.Find(given, Path) is JsonValue value && value.TryGetValue<string>(out var name) && Find(name) is { } settings)
            whole["augmentation"] = JsonSerializer.SerializeToNode(settings, RecipeDocument.Json);
    }
}
