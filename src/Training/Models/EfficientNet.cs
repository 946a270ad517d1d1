// EfficientNet, Tan and Le 2019, arXiv:1905.11946; EfficientNetV2, Tan and Le 2021, arXiv:2104.00298. Node paths are torchvision's
// state-dict keys.
using GpuGeek.Training.Graphs;
using static GpuGeek.Training.Graphs.ActivationKind;

namespace GpuGeek.Training.Models;

internal static class EfficientNet
{
    private const double DepthDropped = 0.2;

    /// <param name="Fused">The expansion is a k×k convolution, without squeeze-and-excitation.</param>
    private sealed record Stage(int Expand, int Kernel, int Stride, int Input, int Output, int Layers, bool Fused = false);

    /// <param name="Last">Channels of the last convolution; 0: four times the last stage's.</param>
    private sealed record Variant(
        Stage[] Stages,
        double Width,
        double Depth,
        double Dropout,
        double Epsilon = 1e-5,
        double Momentum = 0.1,
        int Last = 0
    );

    private static readonly Stage[] First =
    [
        new(1, 3, 1, 32, 16, 1),
        new(6, 3, 2, 16, 24, 2),
        new(6, 5, 2, 24, 40, 2),
        new(6, 3, 2, 40, 80, 3),
        new(6, 5, 1, 80, 112, 3),
        new(6, 5, 2, 112, 192, 4),
        new(6, 3, 1, 192, 320, 1),
    ];

    private static readonly Stage[] Second =
    [
        new(1, 3, 1, 24, 24, 2, true),
        new(4, 3, 2, 24, 48, 4, true),
        new(4, 3, 2, 48, 64, 4, true),
        new(4, 3, 2, 64, 128, 6),
        new(6, 3, 1, 128, 160, 9),
        new(6, 3, 2, 160, 256, 15),
    ];

    private static readonly Dictionary<string, Variant> Variants = new(StringComparer.Ordinal)
    {
        ["efficientnet_b0"] = new(First, 1, 1, 0.2),
        ["efficientnet_b1"] = new(First, 1, 1.1, 0.2),
        ["efficientnet_b2"] = new(First, 1.1, 1.2, 0.3),
        ["efficientnet_b3"] = new(First, 1.2, 1.4, 0.3),
        ["efficientnet_b4"] = new(First, 1.4, 1.8, 0.4),
        ["efficientnet_b5"] = new(First, 1.6, 2.2, 0.4, 1e-3, 0.01),
        ["efficientnet_b6"] = new(First, 1.8, 2.6, 0.5, 1e-3, 0.01),
        ["efficientnet_b7"] = new(First, 2.0, 3.1, 0.5, 1e-3, 0.01),
        ["efficientnet_v2_s"] = new(Second, 1, 1, 0.2, 1e-3, 0.1, 1280),
    };

    public static IEnumerable<string> Names => Variants.Keys;

    public static Graph Build(string variant, int classes, int inputSize, BuildOptions options)
    {
        var v = Variants[variant];
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(options.InputChannels, inputSize, inputSize));
        var channels = Parts.MakeDivisible(v.Stages[0].Input * v.Width);
        x = Parts.ConvNorm(g, x, "features.0", new Conv(options.InputChannels, channels, 3, 2, 1), Norm(v, channels), Silu);
        int done = 0,
            all = v.Stages.Sum(s => Layers(v, s));
        for (var s = 0; s < v.Stages.Length; s++)
        {
            g.NextGroup();
            var stage = v.Stages[s];
            for (var i = 0; i < Layers(v, stage); i++, done++)
            {
                using var scope = g.Scope($"features.{s + 1}.{i}");
                var output = Parts.MakeDivisible(stage.Output * v.Width);
                var block = stage with { Input = channels, Output = output, Stride = i == 0 ? stage.Stride : 1 };
                var y = stage.Fused ? Fused(g, x, v, block) : Inverted(g, x, v, block);
                x =
                    block.Stride == 1 && channels == output
                        ? g.Add(
                            "add",
                            new Add(),
                            x,
                            g.Add("stochastic_depth", new StochasticDepth((options.StochasticDepth ?? DepthDropped) * done / all), y)
                        )
                        : y;
                channels = output;
            }
        }
        g.NextGroup();
        var last = v.Last > 0 ? v.Last : 4 * channels;
        x = Parts.ConvNorm(g, x, $"features.{v.Stages.Length + 1}", new Conv(channels, last, 1), Norm(v, last), Silu);
        x = g.Add("avgpool", new GlobalAveragePool(), x);
        x = Parts.Dropout(g, x, options, v.Dropout, "classifier.0");
        return g.Build(g.Add("classifier.1", new Linear(last, classes, LinearInit.UniformFanOut), x), "classifier.1");
    }

    private static int Inverted(GraphBuilder g, int x, Variant v, Stage b)
    {
        int wide = Parts.MakeDivisible(b.Input * b.Expand),
            part = 0;
        if (wide != b.Input)
            x = Parts.ConvNorm(g, x, $"block.{part++}", new Conv(b.Input, wide, 1), Norm(v, wide), Silu);
        x = Parts.ConvNorm(g, x, $"block.{part++}", new Conv(wide, wide, b.Kernel, b.Stride, b.Kernel / 2, wide), Norm(v, wide), Silu);
        x = Parts.SqueezeExcite(g, x, $"block.{part++}", wide, Math.Max(1, b.Input / 4), Silu, Sigmoid);
        return Parts.ConvNorm(g, x, $"block.{part}", new Conv(wide, b.Output, 1), Norm(v, b.Output), null);
    }

    private static int Fused(GraphBuilder g, int x, Variant v, Stage b)
    {
        var wide = Parts.MakeDivisible(b.Input * b.Expand);
        var conv = new Conv(b.Input, wide == b.Input ? b.Output : wide, b.Kernel, b.Stride, b.Kernel / 2);
        x = Parts.ConvNorm(g, x, "block.0", conv, Norm(v, conv.Out), Silu);
        return wide == b.Input ? x : Parts.ConvNorm(g, x, "block.1", new Conv(wide, b.Output, 1), Norm(v, b.Output), null);
    }

    private static int Layers(Variant v, Stage stage) => (int)Math.Ceiling(stage.Layers * v.Depth);

    private static BatchNorm Norm(Variant v, int channels) => new(channels, v.Epsilon, v.Momentum);
}
