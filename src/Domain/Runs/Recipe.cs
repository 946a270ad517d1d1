using System.Text.Json.Serialization;

namespace GpuGeek.Domain.Runs;

public enum RecipePreset
{
    Fast,
    Balanced,
}

/// <summary>Random changes to training pictures; never applied to validation, test or serving.</summary>
/// <param name="CropScaleMin">Random resized crop takes at least this share of the area (0..1]; 1 switches it off.</param>
/// <param name="HorizontalFlip">Mirrors with probability 0.5.</param>
/// <param name="ColorJitter">Brightness, contrast and saturation factors drawn from 1 ± this; 0 is off.</param>
/// <param name="RotationDegrees">Angle drawn from ± this; 0 is off.</param>
public sealed record Augmentation(double CropScaleMin, bool HorizontalFlip, double ColorJitter, double RotationDegrees)
{
    public static readonly Augmentation None = new(1, false, 0, 0);
    public static readonly Augmentation Balanced = new(0.35, true, 0.2, 15);
}

/// <summary>Every choice of a training, resolved: what is stored with the run and what the trainer obeys. Nothing is left to a default
/// elsewhere.</summary>
public sealed record Recipe
{
    public required RecipePreset Preset { get; init; }

    /// <summary>A key of <see cref="Models.ModelCatalog"/>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Passes over the training split.</summary>
    public required int Epochs { get; init; }
    public required int Seed { get; init; }
    public required int BatchSize { get; init; }

    /// <summary>Peak rate of the head.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The backbone's rate as a share of the head's: 0.1 in <c>balanced</c>, 0 (frozen) in <c>fast</c>.</summary>
    public required double BackboneRateFactor { get; init; }
    public required double WeightDecay { get; init; }

    /// <summary>Share of all steps over which the rate rises linearly; then it falls by a half cosine.</summary>
    public required double WarmupFraction { get; init; }
    public required double LabelSmoothing { get; init; }

    /// <summary>Starts from weights: those of <see cref="Start"/>, else the published ones. When they cannot be had, the run fails: it
    /// never starts from random ones instead.</summary>
    public required bool Pretrained { get; init; }

    /// <summary>Null: from the published weights, or from random ones.</summary>
    public RecipeStart? Start { get; init; }

    /// <summary>Square input side in pixels.</summary>
    public required int InputSize { get; init; }

    /// <summary>Share of what the classifier sees that is dropped in training, 0..0.9; null: what the architecture was published with, or
    /// nothing where the classifier learns alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Dropout { get; init; }

    /// <summary>How often the last residual branch is skipped in training, earlier ones less, 0..0.9; null: as the architecture was
    /// published.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StochasticDepth { get; init; }
    public required Augmentation Augmentation { get; init; }
}
