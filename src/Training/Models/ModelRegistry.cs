using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

/// <summary>The builders of the networks that <see cref="Domain.Models.ModelCatalog"/> describes, under the same names.</summary>
internal static class ModelRegistry
{
    private static readonly Dictionary<string, Func<string, int, int, Graph>> Builders = new[]
    {
        Family(ConvNeXt.Names, ConvNeXt.Build),
        Family(DenseNet.Names, DenseNet.Build),
        Family(EfficientNet.Names, EfficientNet.Build),
        Family(MobileNetV2.Names, MobileNetV2.Build),
        Family(MobileNetV3.Names, MobileNetV3.Build),
        Family(ResNet.Names, ResNet.Build),
        Family(ShuffleNetV2.Names, ShuffleNetV2.Build),
        Family(SqueezeNet.Names, SqueezeNet.Build),
        Family(Swin.Names, Swin.Build),
        Family(Vgg.Names, Vgg.Build),
        Family(VisionTransformer.Names, VisionTransformer.Build),
    }.SelectMany(family => family).ToDictionary(StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Names => Builders.Keys;

    /// <param name="classes">Outputs of the classifier.</param>
    /// <param name="inputSize">Square side in pixels.</param>
    public static Graph Build(string name, int classes, int inputSize) => Builders[name](name, classes, inputSize);

    private static IEnumerable<KeyValuePair<string, Func<string, int, int, Graph>>> Family(IEnumerable<string> names, Func<string, int, int, Graph> build) =>
        names.Select(name => KeyValuePair.Create(name, build));
}
