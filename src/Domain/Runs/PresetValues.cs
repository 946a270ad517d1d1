using GpuGeek.Domain.Models;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Runs;

/// <summary>What each preset says where nothing is known of the data.</summary>
internal static class PresetValues
{
    // Ten times less than others learn with.
    private const double RateWithoutNormalisation = 2e-4;

    /// <returns>Null: no preset has this name.</returns>
    public static Recipe? Of(string? preset, ModelCard card, bool pretrained) =>
        preset switch
        {
            RecipePresets.Fast => FastOf(card),
            RecipePresets.Balanced => pretrained ? BalancedOf(card) : FromScratch(card),
            RecipePresets.Best => BestOf(pretrained ? BalancedOf(card) : FromScratch(card)),
            _ => null,
        };

    /// <summary>Frozen backbone; embeddings are computed once and the head alone is solved on them. The augmentation says that training
    /// pictures are embedded as served and in a wider view. A mirrored view brought nothing on flowers (10 splits of 750 pictures: 87.37 %
    /// with it, 87.55 % without), costs as much again, and would confuse classes that differ by left and right.</summary>
    private static Recipe FastOf(ModelCard card) =>
        new()
        {
            Preset = RecipePresets.Fast,
            Model = new() { Architecture = card.Name, InputSize = card.InputSize },
            Data = new() { Seed = 0, BatchSize = 64 },
            Augmentation = AugmentationSettings.None with { CropScaleMin = 0.75 },
            Loss = new() { LabelSmoothing = 0 },
            Optimizer = new() { LearningRate = 1e-3, WeightDecay = 1e-2 },
            Schedule = new() { WarmupFraction = 0.1 },
            Transfer = new()
            {
                Pretrained = true,
                BackboneRate = 0,
                Head = TransferSettings.Solved,
                Refit = true,
            },
            Regularization = new(),
            Budget = new() { Epochs = 20 },
        };

    /// <summary>All layers, the head at ten times the backbone's rate. So short a training leaves the statistics of batch normalisation
    /// between those of the weights and its own, and does better with those that the weights came with.</summary>
    private static Recipe BalancedOf(ModelCard card) =>
        new()
        {
            Preset = RecipePresets.Balanced,
            Model = new() { Architecture = card.Name, InputSize = card.InputSize },
            Data = new() { Seed = 0, BatchSize = 32 },
            Augmentation = AugmentationSettings.None with
            {
                CropScaleMin = 0.35,
                HorizontalFlip = true,
                ColorJitter = 0.2,
                RotationDegrees = 15,
            },
            Loss = new() { LabelSmoothing = 0.1 },
            Optimizer = new() { LearningRate = card.Normalises ? 2e-3 : RateWithoutNormalisation, WeightDecay = 1e-2 },
            Schedule = new() { WarmupFraction = 0.1 },
            Transfer = new()
            {
                Pretrained = true,
                BackboneRate = 0.1,
                FrozenNorms = true,
            },
            Regularization = new(),
            Compute = new() { Precision = ComputeSettings.Auto },
            Budget = new() { Epochs = 5 },
        };

    /// <summary>All layers from random weights: one rate for all, and more epochs. The batch is larger than a fine-tuning's: where pictures
    /// are small, much of a step does not depend on their number (ResNet-18 at 64 pixels on two cores: 395 pictures a second, 172 with
    /// batches of 16).</summary>
    private static Recipe FromScratch(ModelCard card)
    {
        var balanced = BalancedOf(card);
        return balanced with
        {
            Data = balanced.Data with { BatchSize = 64 },
            Augmentation = balanced.Augmentation with { CropScaleMin = 0.7 },
            Loss = new() { LabelSmoothing = 0.05 },
            Transfer = new() { Pretrained = false, BackboneRate = 1 },
            Budget = new() { Epochs = 16 },
        };
    }

    /// <summary>More epochs, and the average and the mix of several networks. Stronger changes of the pictures would need many more
    /// epochs than that.</summary>
    private static Recipe BestOf(Recipe balanced) =>
        balanced with
        {
            Preset = RecipePresets.Best,
            Averaging = new() { Kind = AveragingSettings.Exponential, Soup = 3 },
            Budget = new() { Epochs = 3 * balanced.Budget.Epochs },
        };
}
