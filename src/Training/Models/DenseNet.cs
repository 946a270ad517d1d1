// Densely Connected Convolutional Networks, Huang et al. 2016, arXiv:1608.06993. Node paths are torchvision's state-dict keys.
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

internal static class DenseNet
{
    private const int Bottleneck = 4;

    private sealed record Variant(int Growth, int Stem, int[] Blocks);

    private static readonly Dictionary<string, Variant> Variants = new(StringComparer.Ordinal)
    {
        ["densenet121"] = new(32, 64, [6, 12, 24, 16]),
        ["densenet161"] = new(48, 96, [6, 12, 36, 24]),
        ["densenet169"] = new(32, 64, [6, 12, 32, 32]),
        ["densenet201"] = new(32, 64, [6, 12, 48, 32]),
    };

    public static IEnumerable<string> Names => Variants.Keys;

    public static Graph Build(string variant, int classes, int inputSize, BuildOptions options)
    {
        var v = Variants[variant];
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(options.InputChannels, inputSize, inputSize));
        var channels = v.Stem;
        using (g.Scope("features"))
        {
            x = g.Add("conv0", new Conv(options.InputChannels, v.Stem, 7, 2, 3), x);
            x = NormRelu(g, x, "norm0", "relu0", channels);
            x = g.Add("pool0", new MaxPool(3, 2, 1), x);
            for (var block = 0; block < v.Blocks.Length; block++)
            {
                g.NextGroup();
                for (var layer = 0; layer < v.Blocks[block]; layer++, channels += v.Growth)
                {
                    using var scope = g.Scope($"denseblock{block + 1}.denselayer{layer + 1}");
                    x = DenseLayer(g, x, channels, v.Growth);
                }
                if (block == v.Blocks.Length - 1)
                    break;
                using var transition = g.Scope($"transition{block + 1}");
                x = Transition(g, x, channels);
                channels /= 2;
            }
            x = NormRelu(g, x, "norm5", "relu5", channels);
        }
        g.NextGroup();
        x = g.Add("avgpool", new GlobalAveragePool(), x);
        x = Parts.Dropout(g, x, options);
        return g.Build(g.Add("classifier", new Linear(channels, classes), x), "classifier");
    }

    /// <summary>Concatenates all features so far with <paramref name="growth"/> new channels.</summary>
    private static int DenseLayer(GraphBuilder g, int x, int channels, int growth)
    {
        var y = NormRelu(g, x, "norm1", "relu1", channels);
        y = g.Add("conv1", new Conv(channels, Bottleneck * growth, 1), y);
        y = NormRelu(g, y, "norm2", "relu2", Bottleneck * growth);
        y = g.Add("conv2", new Conv(Bottleneck * growth, growth, 3, 1, 1), y);
        return g.Add("concat", new Concat(), x, y);
    }

    private static int Transition(GraphBuilder g, int x, int channels)
    {
        x = NormRelu(g, x, "norm", "relu", channels);
        x = g.Add("conv", new Conv(channels, channels / 2, 1), x);
        return g.Add("pool", new AveragePool(2), x);
    }

    private static int NormRelu(GraphBuilder g, int x, string norm, string relu, int channels) =>
        g.Add(relu, new Activation(ActivationKind.Relu), g.Add(norm, new BatchNorm(channels), x));
}
