using GpuGeek.Domain.Common;
using GpuGeek.Domain.Models;

namespace GpuGeek.Domain.Runs;

/// <summary>What a person may set; null means the preset's value.</summary>
public sealed record RecipeChoices(
    RecipePreset Preset,
    string? Architecture = null,
    int? Epochs = null,
    int? Seed = null,
    int? BatchSize = null,
    double? LearningRate = null,
    double? WeightDecay = null,
    double? LabelSmoothing = null,
    bool? Pretrained = null,
    int? InputSize = null,
    double? Dropout = null,
    double? StochasticDepth = null
);

public static class RecipePresets
{
    public const string DefaultArchitecture = "mobilenet_v2";

    // Ten times less than others learn with.
    private const double RateWithoutNormalisation = 2e-4;

    /// <summary>Fills every field from the preset.</summary>
    /// <exception cref="DomainException"><c>unknown_architecture</c>, <c>fast_needs_pretrained</c>, <c>invalid_input_size</c> or
    /// <c>stochastic_depth_unsupported</c>.</exception>
    public static Recipe Resolve(RecipeChoices choices)
    {
        var name = choices.Architecture ?? DefaultArchitecture;
        if (!ModelCatalog.All.TryGetValue(name, out var card))
            throw new DomainException(
                "unknown_architecture",
                $"There is no architecture named '{name}'.",
                $"Choose one of: {string.Join(", ", ModelCatalog.All.Keys.Order(StringComparer.Ordinal))}."
            );
        var pretrained = choices.Pretrained ?? true;
        if (choices.Preset == RecipePreset.Fast && !pretrained)
            throw new DomainException(
                "fast_needs_pretrained",
                "The preset 'fast' keeps the backbone as it is, so it needs pretrained weights.",
                "Use 'balanced' to train from random weights."
            );
        if (choices.InputSize is { } size)
            card.DemandInputSize(size);
        card.DemandStochasticDepth(choices.StochasticDepth);
        if (choices.Preset == RecipePreset.Fast && choices.StochasticDepth is not null)
            throw new DomainException(
                "stochastic_depth_unsupported",
                "The preset 'fast' keeps the backbone as it is, so skipping its branches would teach it nothing.",
                "Leave stochasticDepth away, or choose 'balanced'."
            );
        var basis =
            choices.Preset == RecipePreset.Fast ? Fast(card)
            : pretrained ? Balanced(card)
            : FromScratch(card);
        return basis with
        {
            Epochs = choices.Epochs ?? basis.Epochs,
            Seed = choices.Seed ?? basis.Seed,
            BatchSize = choices.BatchSize ?? basis.BatchSize,
            LearningRate = choices.LearningRate ?? basis.LearningRate,
            WeightDecay = choices.WeightDecay ?? basis.WeightDecay,
            LabelSmoothing = choices.LabelSmoothing ?? basis.LabelSmoothing,
            InputSize = choices.InputSize ?? basis.InputSize,
            Dropout = choices.Dropout,
            StochasticDepth = choices.StochasticDepth,
        };
    }

    /// <summary>All layers from random weights: one rate for all, and more epochs.</summary>
    private static Recipe FromScratch(ModelCard card) =>
        Balanced(card) with
        {
            Pretrained = false,
            BackboneRateFactor = 1,
            Epochs = 16,
            BatchSize = 16,
            LearningRate = card.Normalises ? 1e-3 : RateWithoutNormalisation,
            LabelSmoothing = 0.05,
            Augmentation = Augmentation.Balanced with { CropScaleMin = 0.7 },
        };

    /// <summary>Frozen backbone; embeddings are computed once and the head alone is trained on them. The augmentation says that training
    /// pictures are embedded as served, mirrored, and in a wider view.</summary>
    private static Recipe Fast(ModelCard card) =>
        new()
        {
            Preset = RecipePreset.Fast,
            Architecture = card.Name,
            Epochs = 20,
            Seed = 0,
            BatchSize = 64,
            LearningRate = 1e-3,
            BackboneRateFactor = 0,
            WeightDecay = 1e-2,
            WarmupFraction = 0.1,
            LabelSmoothing = 0,
            Pretrained = true,
            InputSize = card.InputSize,
            Augmentation = new(0.75, true, 0, 0),
        };

    /// <summary>All layers, the head at ten times the backbone's rate.</summary>
    private static Recipe Balanced(ModelCard card) =>
        new()
        {
            Preset = RecipePreset.Balanced,
            Architecture = card.Name,
            Epochs = 5,
            Seed = 0,
            BatchSize = 32,
            LearningRate = card.Normalises ? 2e-3 : RateWithoutNormalisation,
            BackboneRateFactor = 0.1,
            WeightDecay = 1e-2,
            WarmupFraction = 0.1,
            LabelSmoothing = 0.1,
            Pretrained = true,
            InputSize = card.InputSize,
            Augmentation = Augmentation.Balanced,
        };
}
