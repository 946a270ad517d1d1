using System.Text.Json;
using GpuGeek.Imaging.Augmentation;
using GpuGeek.Imaging.Tests.Peers;
using GpuGeek.Recipes;

namespace GpuGeek.Imaging.Tests.Augmentation;

public sealed class PoliciesAsTorchvisionTests(TorchvisionPeer torchvision)
{
    private static readonly Dictionary<string, PolicySpace> Spaces = new()
    {
        [AugmentationSettings.AutoAugment] = PolicySpace.AutoAugment,
        [AugmentationSettings.RandAugment] = PolicySpace.RandAugment,
        [AugmentationSettings.TrivialAugmentWide] = PolicySpace.TrivialAugmentWide,
    };

    [Fact]
    public void Operations_give_the_same_pixels() =>
        Difference.AssertAll(
            torchvision.Cases("operation"),
            c => new PolicyStep(Operation(c.Args), c.Number("magnitude")).Apply(c.Picture(), [10, 200, 30]),
            mean: 0,
            largest: 0
        );

    [Fact]
    public void Magnitudes_and_signs_are_the_same()
    {
        foreach (var peer in torchvision.Cases("space"))
        {
            var (operation, space) = (Operation(peer.Args), Spaces[peer.Args.GetProperty("policy").GetString()!]);
            Assert.Equal(peer.Args.GetProperty("signed").GetBoolean(), PolicySpace.IsSigned(operation));
            double[] expected = [.. peer.Args.GetProperty("magnitudes").EnumerateArray().Select(m => m.GetDouble())];
            if (expected.Length == 0)
                continue;
            Assert.Equal(space.Bins, expected.Length);
            var size = operation == PolicyOperation.TranslateY ? 160 : 224;
            for (var bin = 0; bin < expected.Length; bin++)
                Assert.Equal(expected[bin], space.Magnitude(operation, bin, size), 1e-4);
        }
    }

    [Theory]
    [InlineData(AugmentationSettings.RandAugment)]
    [InlineData(AugmentationSettings.TrivialAugmentWide)]
    public void The_operations_are_the_same(string policy) =>
        Assert.Equal(
            torchvision
                .Cases("space")
                .Where(c => c.Args.GetProperty("policy").GetString() == policy)
                .Select(c => Operation(c.Args))
                .Order(),
            PolicySpace.Operations.Order()
        );

    [Fact]
    public void The_pairs_of_AutoAugment_are_the_same() =>
        Assert.Equal(
            torchvision
                .Cases("pairs")
                .OrderBy(c => c.Name, StringComparer.Ordinal)
                .Select(c => c.Args.GetProperty("steps"))
                .Select(steps => (Part(steps[0]), Part(steps[1]))),
            AutoAugmentPairs.ImageNet
        );

    private static AutoAugmentPart Part(JsonElement step) =>
        new(Operation(step), step.GetProperty("probability").GetDouble(), Math.Max(0, step.GetProperty("magnitude").GetInt32()));

    private static PolicyOperation Operation(JsonElement step) => Enum.Parse<PolicyOperation>(step.GetProperty("operation").GetString()!);
}
