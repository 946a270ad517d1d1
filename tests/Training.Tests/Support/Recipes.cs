using GpuGeek.Domain.Runs;

namespace GpuGeek.Training.Tests.Support;

internal static class Recipes
{
    /// <summary>A training from random weights that takes seconds.</summary>
    public static Recipe Tiny(string architecture = "mobilenet_v2", int epochs = 2, int inputSize = 32, int seed = 1) =>
        RecipePresets.Resolve(
            new RecipeChoices(RecipePreset.Balanced, architecture, epochs, seed, BatchSize: 8, Pretrained: false, InputSize: inputSize)
        );
}
