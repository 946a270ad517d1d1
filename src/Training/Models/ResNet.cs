// Deep Residual Learning for Image Recognition, He et al. 2015, arXiv:1512.03385. Node paths are torchvision's state-dict keys.
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

internal static class ResNet
{
    /// <summary>Basic blocks per stage.</summary>
    private static readonly Dictionary<string, int[]> Variants = new(StringComparer.Ordinal)
    {
        ["resnet18"] = [2, 2, 2, 2],
    };

    public static Graph Build(string variant, int classes, int inputSize)
    {
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(3, inputSize, inputSize));
        x = ConvNorm(g, x, new Conv(3, 64, 7, 2, 3), "conv1", "bn1");
        x = g.Add("relu", new Activation(ActivationKind.Relu), x);
        x = g.Add("maxpool", new MaxPool(3, 2, 1), x);
        var channels = 64;
        var blocks = Variants[variant];
        for (var stage = 0; stage < blocks.Length; stage++)
        {
            g.NextGroup();
            for (var block = 0; block < blocks[stage]; block++)
            {
                using var scope = g.Scope($"layer{stage + 1}.{block}");
                x = BasicBlock(g, x, channels, 64 << stage, block == 0 && stage > 0 ? 2 : 1);
                channels = 64 << stage;
            }
        }
        g.NextGroup();
        x = g.Add("avgpool", new GlobalAveragePool(), x);
        return g.Build(g.Add("fc", new Linear(channels, classes), x), "fc");
    }

    private static int BasicBlock(GraphBuilder g, int x, int input, int output, int stride)
    {
        var y = ConvNorm(g, x, new Conv(input, output, 3, stride, 1), "conv1", "bn1");
        y = g.Add("relu", new Activation(ActivationKind.Relu), y);
        y = ConvNorm(g, y, new Conv(output, output, 3, 1, 1), "conv2", "bn2");
        if (stride != 1 || input != output) x = ConvNorm(g, x, new Conv(input, output, 1, stride), "downsample.0", "downsample.1");
        return g.Add("relu2", new Activation(ActivationKind.Relu), g.Add("add", new Add(), y, x));
    }

    private static int ConvNorm(GraphBuilder g, int x, Conv conv, string convName, string normName) =>
        g.Add(normName, new BatchNorm(conv.Out), g.Add(convName, conv, x));
}
