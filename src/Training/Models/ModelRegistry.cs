using GpuGeek.Domain.Models;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

/// <summary>The builders of the networks in <see cref="ModelCatalog"/>, under the same names.</summary>
internal static class ModelRegistry
{
    private static readonly Dictionary<string, Func<string, int, int, BuildOptions, Graph>> Builders = new[]
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
    }
        .SelectMany(family => family)
        .ToDictionary(StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Names => Builders.Keys;

    /// <param name="classes">Outputs of the classifier.</param>
    /// <param name="inputSize">Square side in pixels. Positional embeddings, masks and pools are computed for it.</param>
    /// <param name="options">Null: as published.</param>
    /// <exception cref="Domain.Common.DomainException"><c>invalid_input_size</c> or <c>stochastic_depth_unsupported</c>, from <see
    /// cref="ModelCard"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A rate or a number of channels in <paramref name="options"/>.</exception>
    public static Graph Build(string name, int classes, int inputSize, BuildOptions? options = null)
    {
        options ??= BuildOptions.AsPublished;
        options.Check();
        ModelCatalog.All[name].DemandInputSize(inputSize);
        ModelCatalog.All[name].DemandStochasticDepth(options.StochasticDepth);
        return Builders[name](name, classes, inputSize, options);
    }

    private static IEnumerable<KeyValuePair<string, Func<string, int, int, BuildOptions, Graph>>> Family(
        IEnumerable<string> names,
        Func<string, int, int, BuildOptions, Graph> build
    ) => names.Select(name => KeyValuePair.Create(name, build));
}
