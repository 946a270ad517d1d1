using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Runs;

namespace GpuGeek.Api.Shared;

internal static class RecipeMapping
{
    public static Recipe Resolve(RecipeRequest request) =>
        RecipePresets.Resolve(
            new(
                Enum.Parse<RecipePreset>(request.Preset, ignoreCase: true),
                request.Architecture,
                request.Epochs,
                request.Seed,
                request.BatchSize,
                request.LearningRate,
                request.WeightDecay,
                request.LabelSmoothing,
                request.Pretrained,
                request.InputSize,
                request.Dropout,
                request.StochasticDepth
            )
        );

    public static RecipeResponse ToResponse(this Recipe r) =>
        new(
            r.Preset.ToString().ToLowerInvariant(),
            r.Architecture,
            r.Epochs,
            r.Seed,
            r.BatchSize,
            r.LearningRate,
            r.BackboneRateFactor,
            r.WeightDecay,
            r.WarmupFraction,
            r.LabelSmoothing,
            r.Pretrained,
            r.InputSize,
            new(r.Augmentation.CropScaleMin, r.Augmentation.HorizontalFlip, r.Augmentation.ColorJitter, r.Augmentation.RotationDegrees),
            r.Dropout,
            r.StochasticDepth,
            r.Start is { } s ? new(s.Weights, s.Model, s.Version, s.Name, s.Groups) : null
        );
}
