using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Common;

namespace GpuGeek.Training.Engine;

/// <summary>What can be told to fail before a picture is read.</summary>
internal static class SpecCheck
{
    private static readonly (string Name, string Title)[] Wanted =
    [
        (Splits.Train, "training"),
        (Splits.Val, "validation"),
        (Splits.Test, "test"),
    ];

    /// <exception cref="TrainingFailedException"/>
    public static void Run(RunSpec spec)
    {
        foreach (var (name, title) in Wanted)
            if (!spec.Images.Any(i => i.Split == name))
                throw new TrainingFailedException(
                    "split_empty",
                    "A split has no pictures",
                    $"The {title} split of this dataset version has no pictures.",
                    "Make a version with more pictures, or with larger shares for this split."
                );
        if (spec.Images.Where(i => i.Split == Splits.Train).Select(i => i.Label).Distinct().Count() < 2)
            throw new TrainingFailedException(
                "one_class",
                "There is only one class",
                "All training pictures have the same label, so there is nothing to tell apart.",
                "Add pictures of at least one more class and make a new version."
            );
        if (spec.Recipe.Data.BatchSize < 2)
            throw new TrainingFailedException(
                "batch_too_small",
                "The batch is too small",
                "A batch of one picture gives batch norm no statistics.",
                "Choose a batch size of 2 or more."
            );
        CheckWeights(spec);
    }

    private static void CheckWeights(RunSpec spec)
    {
        if (spec.Recipe.Transfer.Pretrained && spec.WeightsFile is null)
            throw new TrainingFailedException(
                "weights_unavailable",
                "The weights are missing",
                "The recipe starts from published weights and none were handed to the training.",
                "Name a folder with the weights in GPUGEEK_WEIGHTS, or train with pretrained off."
            );
        if (spec.Recipe.Transfer is { FreezesBackbone: true, Pretrained: false })
            throw new TrainingFailedException(
                "fast_needs_pretrained",
                "A frozen backbone needs weights",
                "The recipe trains only the classifier, which is of no use on a network of random numbers.",
                "Choose the balanced preset, or start from published weights."
            );
    }
}
