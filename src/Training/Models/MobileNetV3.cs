// Searching for MobileNetV3, Howard et al. 2019, arXiv:1905.02244. Node paths are torchvision's state-dict keys.
using GpuGeek.Training.Graphs;
using static GpuGeek.Training.Graphs.ActivationKind;

namespace GpuGeek.Training.Models;

internal static class MobileNetV3
{
    private sealed record Row(int Kernel, int Expanded, int Output, bool Squeeze, ActivationKind Activation, int Stride);

    /// <summary>The paper's tables 1 and 2.</summary>
    private static readonly Dictionary<string, (Row[] Rows, int Last)> Variants = new(StringComparer.Ordinal)
    {
        ["mobilenet_v3_large"] = (
            [
                new(3, 16, 16, false, Relu, 1),
                new(3, 64, 24, false, Relu, 2),
                new(3, 72, 24, false, Relu, 1),
                new(5, 72, 40, true, Relu, 2),
                new(5, 120, 40, true, Relu, 1),
                new(5, 120, 40, true, Relu, 1),
                new(3, 240, 80, false, HardSwish, 2),
                new(3, 200, 80, false, HardSwish, 1),
                new(3, 184, 80, false, HardSwish, 1),
                new(3, 184, 80, false, HardSwish, 1),
                new(3, 480, 112, true, HardSwish, 1),
                new(3, 672, 112, true, HardSwish, 1),
                new(5, 672, 160, true, HardSwish, 2),
                new(5, 960, 160, true, HardSwish, 1),
                new(5, 960, 160, true, HardSwish, 1),
            ],
            1280
        ),
        ["mobilenet_v3_small"] = (
            [
                new(3, 16, 16, true, Relu, 2),
                new(3, 72, 24, false, Relu, 2),
                new(3, 88, 24, false, Relu, 1),
                new(5, 96, 40, true, HardSwish, 2),
                new(5, 240, 40, true, HardSwish, 1),
                new(5, 240, 40, true, HardSwish, 1),
                new(5, 120, 48, true, HardSwish, 1),
                new(5, 144, 48, true, HardSwish, 1),
                new(5, 288, 96, true, HardSwish, 2),
                new(5, 576, 96, true, HardSwish, 1),
                new(5, 576, 96, true, HardSwish, 1),
            ],
            1024
        ),
    };

    public static IEnumerable<string> Names => Variants.Keys;

    public static Graph Build(string variant, int classes, int inputSize, BuildOptions options)
    {
        var (rows, last) = Variants[variant];
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(options.InputChannels, inputSize, inputSize));
        x = Parts.ConvNorm(g, x, "features.0", new Conv(options.InputChannels, 16, 3, 2, 1), Norm(16), HardSwish);
        var channels = 16;
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].Stride == 2)
                g.NextGroup();
            using var scope = g.Scope($"features.{i + 1}");
            var block = i;
            x = InvertedResidual(g, x, channels, rows[i], y => Parts.StochasticDepth(g, y, options, block, rows.Length));
            channels = rows[i].Output;
        }
        g.NextGroup();
        x = Parts.ConvNorm(g, x, $"features.{rows.Length + 1}", new Conv(channels, 6 * channels, 1), Norm(6 * channels), HardSwish);
        x = g.Add("avgpool", new GlobalAveragePool(), x);
        x = g.Add("classifier.0", new Linear(6 * channels, last, LinearInit.SmallNormal), x);
        x = g.Add("classifier.1", new Activation(HardSwish), x);
        x = Parts.Dropout(g, x, options, 0.2, "classifier.2");
        return g.Build(g.Add("classifier.3", new Linear(last, classes, LinearInit.SmallNormal), x), "classifier.3");
    }

    private static int InvertedResidual(GraphBuilder g, int x, int input, Row row, Func<int, int> branch)
    {
        int wide = row.Expanded,
            part = 0,
            y = x;
        if (wide != input)
            y = Parts.ConvNorm(g, y, $"block.{part++}", new Conv(input, wide, 1), Norm(wide), row.Activation);
        y = Parts.ConvNorm(
            g,
            y,
            $"block.{part++}",
            new Conv(wide, wide, row.Kernel, row.Stride, row.Kernel / 2, wide),
            Norm(wide),
            row.Activation
        );
        if (row.Squeeze)
            y = Parts.SqueezeExcite(g, y, $"block.{part++}", wide, Parts.MakeDivisible(wide / 4), Relu, HardSigmoid);
        y = Parts.ConvNorm(g, y, $"block.{part}", new Conv(wide, row.Output, 1), Norm(row.Output), null);
        return row.Stride == 1 && input == row.Output ? g.Add("add", new Add(), x, branch(y)) : y;
    }

    private static BatchNorm Norm(int channels) => new(channels, 1e-3, 0.01);
}
