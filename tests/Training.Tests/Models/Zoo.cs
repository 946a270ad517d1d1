using GpuGeek.TestSupport;
using GpuGeek.Training.Models;

namespace GpuGeek.Training.Tests.Models;

internal static class Zoo
{
    /// <summary>The smallest network with each type of block, for what takes too long to do with every one.</summary>
    public static readonly string[] OfEachBlock =
    [
        "convnext_tiny",
        "deit_tiny_patch16_224",
        "densenet121",
        "efficientnet_b0",
        "efficientnet_v2_s",
        "mobilenet_v2",
        "mobilenet_v3_small",
        "resnet18",
        "resnext50_32x4d",
        "shufflenet_v2_x0_5",
        "squeezenet1_1",
        "swin_t",
    ];

    /// <summary>The smallest of each family but VGG's, all of which take half a minute or more.</summary>
    public static readonly string[] OfEachFamily = [.. OfEachBlock.Except(["efficientnet_v2_s", "resnext50_32x4d"])];

    public static IEnumerable<string> All => ModelRegistry.Names.Order(StringComparer.Ordinal);
    public static IEnumerable<string> Others => All.Except(OfEachBlock);

    public static bool IsLong => LongTests.Wanted;

    public static void SkipUnlessLong() => Assert.SkipUnless(IsLong, LongTests.Reason);
}
