using GpuGeek.Domain.Common;
using GpuGeek.Recipes;

namespace GpuGeek.Imaging.Augmentation;

/// <summary>Draws the steps of the recipe's policy, as torchvision's transforms of the same names do.</summary>
internal static class Policies
{
    /// <param name="settings">Its policy and, for RandAugment, how many steps of which magnitude.</param>
    /// <param name="size">Side of the picture, pixels.</param>
    /// <param name="random">The policy's stream.</param>
    public static IReadOnlyList<PolicyStep> Draw(AugmentationSettings settings, int size, CounterRandom random) =>
        settings.Policy switch
        {
            AugmentationSettings.AutoAugment => FromPairs(size, random),
            AugmentationSettings.RandAugment => Equally(settings.PolicyOperations, settings.PolicyMagnitude, size, random),
            AugmentationSettings.TrivialAugmentWide => [Trivial(size, random)],
            _ => [],
        };

    private static List<PolicyStep> FromPairs(int size, CounterRandom random)
    {
        var (first, second) = AutoAugmentPairs.ImageNet[random.Below(AutoAugmentPairs.ImageNet.Length)];
        var steps = new List<PolicyStep>();
        foreach (var part in (AutoAugmentPart[])[first, second])
            if (random.NextDouble() < part.Probability)
                steps.Add(Signed(part.Operation, PolicySpace.AutoAugment.Magnitude(part.Operation, part.Bin, size), ref random));
        return steps;
    }

    private static PolicyStep[] Equally(int count, int bin, int size, CounterRandom random)
    {
        var steps = new PolicyStep[count];
        for (var i = 0; i < count; i++)
        {
            var operation = PolicySpace.Operations[random.Below(PolicySpace.Operations.Length)];
            steps[i] = Signed(operation, PolicySpace.RandAugment.Magnitude(operation, bin, size), ref random);
        }
        return steps;
    }

    private static PolicyStep Trivial(int size, CounterRandom random)
    {
        var space = PolicySpace.TrivialAugmentWide;
        var operation = PolicySpace.Operations[random.Below(PolicySpace.Operations.Length)];
        return Signed(operation, space.Magnitude(operation, random.Below(space.Bins), size), ref random);
    }

    private static PolicyStep Signed(PolicyOperation operation, double magnitude, ref CounterRandom random) =>
        new(operation, PolicySpace.IsSigned(operation) && random.NextDouble() < 0.5 ? -magnitude : magnitude);
}
