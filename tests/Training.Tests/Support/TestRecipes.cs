using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Training.Tests.Support;

internal static class TestRecipes
{
    /// <summary>Every augmentation that the preset <c>balanced</c> has.</summary>
    public static AugmentationSettings Augmented { get; } =
        RecipePresets.Resolve(new PartialRecipe { Preset = RecipePresets.Balanced }).Augmentation;

    /// <summary>A training from random weights that takes seconds.</summary>
    public static Recipe Tiny(string architecture = "mobilenet_v2", int epochs = 2, int inputSize = 32, int seed = 1) =>
        RecipePresets.Resolve(
            new PartialRecipe
            {
                Preset = RecipePresets.Balanced,
                ["model.architecture"] = architecture,
                ["budget.epochs"] = epochs,
                ["data.seed"] = seed,
                ["data.batchSize"] = 8,
                ["transfer.pretrained"] = false,
                ["model.inputSize"] = inputSize,
                ["compute.precision"] = ComputeSettings.FullPrecision,
            }
        );
}
