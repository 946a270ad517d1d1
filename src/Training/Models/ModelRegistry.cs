using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

/// <summary>The builders of the networks that <see cref="Domain.Models.ModelCatalog"/> describes, under the same names.</summary>
internal static class ModelRegistry
{
    private static readonly Dictionary<string, Func<string, int, int, Graph>> Builders = new(StringComparer.Ordinal)
    {
        ["mobilenet_v2"] = MobileNetV2.Build,
        ["resnet18"] = ResNet.Build,
    };

    public static IReadOnlyCollection<string> Names => Builders.Keys;

    /// <param name="classes">Outputs of the classifier.</param>
    /// <param name="inputSize">Square side in pixels.</param>
    public static Graph Build(string name, int classes, int inputSize) => Builders[name](name, classes, inputSize);
}
