// A ConvNet for the 2020s, Liu et al. 2022, arXiv:2201.03545. Node paths are torchvision's state-dict keys.
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

internal static class ConvNeXt
{
    private const double Epsilon = 1e-6;

    private sealed record Variant(int Width, int[] Depths, double DepthDropped);

    private static readonly Dictionary<string, Variant> Variants = new(StringComparer.Ordinal)
    {
        ["convnext_tiny"] = new(96, [3, 3, 9, 3], 0.1),
        ["convnext_small"] = new(96, [3, 3, 27, 3], 0.4),
        ["convnext_base"] = new(128, [3, 3, 27, 3], 0.5),
    };

    public static IEnumerable<string> Names => Variants.Keys;

    public static Graph Build(string variant, int classes, int inputSize, BuildOptions options)
    {
        var v = Variants[variant];
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(options.InputChannels, inputSize, inputSize));
        x = g.Add("features.0.0", new Conv(options.InputChannels, v.Width, 4, 4, Bias: true), x);
        x = NormOfMap(g, x, "features.0.1", v.Width);
        int done = 0,
            all = v.Depths.Sum(),
            channels = v.Width;
        for (var stage = 0; stage < v.Depths.Length; stage++)
        {
            g.NextGroup();
            if (stage > 0)
            {
                x = NormOfMap(g, x, $"features.{2 * stage}.0", channels);
                x = g.Add($"features.{2 * stage}.1", new Conv(channels, channels *= 2, 2, 2, Bias: true), x);
            }
            for (var i = 0; i < v.Depths[stage]; i++, done++)
            {
                using var scope = g.Scope($"features.{2 * stage + 1}.{i}");
                x = Block(g, x, channels, (options.StochasticDepth ?? v.DepthDropped) * done / (all - 1));
            }
        }
        g.NextGroup();
        x = g.Add("avgpool", new GlobalAveragePool(), x);
        x = g.Add("classifier.0", new LayerNorm(channels, Epsilon), x);
        x = Parts.Dropout(g, x, options);
        return g.Build(g.Add("classifier.2", new Linear(channels, classes, LinearInit.Normal02), x), "classifier.2");
    }

    private static int Block(GraphBuilder g, int x, int width, double dropped)
    {
        var first = g.Declarations;
        var y = g.Add("block.0", new Conv(width, width, 7, 1, 3, width, Bias: true), x);
        y = g.Add("block.1", new Transpose(1, 2, 0), y);
        y = g.Add("block.2", new LayerNorm(width, Epsilon), y);
        y = g.Add("block.3", new Linear(width, 4 * width, LinearInit.Normal02), y);
        y = g.Add("block.4", new Activation(ActivationKind.Gelu), y);
        y = g.Add("block.5", new Linear(4 * width, width, LinearInit.Normal02), y);
        y = g.Add("block.6", new Transpose(2, 0, 1), y);
        y = g.DeclareAt(first, g.Add("layer_scale", new LayerScale(width, 1, 1), y));
        return g.Add("add", new Add(), x, g.Add("stochastic_depth", new StochasticDepth(dropped), y));
    }

    private static int NormOfMap(GraphBuilder g, int x, string name, int channels)
    {
        x = g.Add(name + ".rows", new Transpose(1, 2, 0), x);
        x = g.Add(name, new LayerNorm(channels, Epsilon), x);
        return g.Add(name + ".map", new Transpose(2, 0, 1), x);
    }
}
