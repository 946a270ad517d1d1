// MobileNetV2: Inverted Residuals and Linear Bottlenecks, Sandler et al. 2018, arXiv:1801.04381. Node paths are torchvision's state-dict
// keys.
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

internal static class MobileNetV2
{
    /// <summary>The paper's table 2: expansion, channels, repeats, first stride.</summary>
    private static readonly (int Expand, int Channels, int Repeats, int Stride)[] Stages =
    [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ];

    public static IEnumerable<string> Names => ["mobilenet_v2"];

    public static Graph Build(string variant, int classes, int inputSize, BuildOptions options)
    {
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(options.InputChannels, inputSize, inputSize));
        x = ConvNormRelu6(g, x, new Conv(options.InputChannels, 32, 3, 2, 1), "features.0");
        int channels = 32,
            index = 1,
            blocks = Stages.Sum(s => s.Repeats);
        foreach (var (expand, output, repeats, firstStride) in Stages)
        {
            g.NextGroup();
            for (var i = 0; i < repeats; i++, index++)
            {
                using var scope = g.Scope($"features.{index}");
                x = InvertedResidual(
                    g,
                    x,
                    channels,
                    output,
                    i == 0 ? firstStride : 1,
                    expand,
                    y => Parts.StochasticDepth(g, y, options, index - 1, blocks)
                );
                channels = output;
            }
        }
        g.NextGroup();
        x = ConvNormRelu6(g, x, new Conv(channels, 1280, 1), $"features.{index}");
        x = g.Add("avgpool", new GlobalAveragePool(), x);
        x = Parts.Dropout(g, x, options, 0.2, "classifier.0");
        return g.Build(g.Add("classifier.1", new Linear(1280, classes, LinearInit.SmallNormal), x), "classifier.1");
    }

    private static int InvertedResidual(GraphBuilder g, int x, int input, int output, int stride, int expand, Func<int, int> branch)
    {
        int wide = input * expand,
            part = 0,
            y = x;
        if (expand != 1)
            y = ConvNormRelu6(g, y, new Conv(input, wide, 1), $"conv.{part++}");
        y = ConvNormRelu6(g, y, new Conv(wide, wide, 3, stride, 1, wide), $"conv.{part++}");
        y = g.Add($"conv.{part++}", new Conv(wide, output, 1), y);
        y = g.Add($"conv.{part}", new BatchNorm(output), y);
        return stride == 1 && input == output ? g.Add("add", new Add(), x, branch(y)) : y;
    }

    private static int ConvNormRelu6(GraphBuilder g, int x, Conv conv, string name)
    {
        using var scope = g.Scope(name);
        x = g.Add("0", conv, x);
        x = g.Add("1", new BatchNorm(conv.Out), x);
        return g.Add("2", new Activation(ActivationKind.Relu6), x);
    }
}
