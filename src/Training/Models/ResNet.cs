// Deep Residual Learning, He et al. 2015, arXiv:1512.03385; ResNeXt, Xie et al. 2016, arXiv:1611.05431; Wide ResNet, Zagoruyko and
// Komodakis 2016, arXiv:1605.07146.
// Node paths are torchvision's state-dict keys.
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

internal static class ResNet
{
    /// <param name="Blocks">Per stage.</param>
    /// <param name="Groups">Of the 3×3 convolution of a bottleneck.</param>
    /// <param name="WidthPerGroup">Its channels per group in the first stage.</param>
    private sealed record Variant(int[] Blocks, bool Bottleneck, int Groups = 1, int WidthPerGroup = 64);

    private static readonly Dictionary<string, Variant> Variants = new(StringComparer.Ordinal)
    {
        ["resnet18"] = new([2, 2, 2, 2], false),
        ["resnet34"] = new([3, 4, 6, 3], false),
        ["resnet50"] = new([3, 4, 6, 3], true),
        ["resnet101"] = new([3, 4, 23, 3], true),
        ["resnet152"] = new([3, 8, 36, 3], true),
        ["resnext50_32x4d"] = new([3, 4, 6, 3], true, 32, 4),
        ["resnext101_32x8d"] = new([3, 4, 23, 3], true, 32, 8),
        ["wide_resnet50_2"] = new([3, 4, 6, 3], true, 1, 128),
    };

    public static IEnumerable<string> Names => Variants.Keys;

    public static Graph Build(string variant, int classes, int inputSize, BuildOptions options)
    {
        var v = Variants[variant];
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(options.InputChannels, inputSize, inputSize));
        x = ConvNorm(g, x, new Conv(options.InputChannels, 64, 7, 2, 3), "conv1", "bn1");
        x = g.Add("relu", new Activation(ActivationKind.Relu), x);
        x = g.Add("maxpool", new MaxPool(3, 2, 1), x);
        int channels = 64,
            done = 0,
            blocks = v.Blocks.Sum();
        for (var stage = 0; stage < v.Blocks.Length; stage++)
        {
            g.NextGroup();
            for (var block = 0; block < v.Blocks[stage]; block++, done++)
            {
                using var scope = g.Scope($"layer{stage + 1}.{block}");
                var stride = block == 0 && stage > 0 ? 2 : 1;
                var output = (64 << stage) * (v.Bottleneck ? 4 : 1);
                var y = v.Bottleneck ? Bottleneck(g, x, v, channels, 64 << stage, stride) : BasicBlock(g, x, channels, output, stride);
                x = Joined(g, x, Parts.StochasticDepth(g, y, options, done, blocks), channels, output, stride);
                channels = output;
            }
        }
        g.NextGroup();
        x = g.Add("avgpool", new GlobalAveragePool(), x);
        x = Parts.Dropout(g, x, options);
        return g.Build(g.Add("fc", new Linear(channels, classes), x), "fc");
    }

    private static int BasicBlock(GraphBuilder g, int x, int input, int output, int stride)
    {
        var y = ConvNorm(g, x, new Conv(input, output, 3, stride, 1), "conv1", "bn1");
        y = g.Add("relu", new Activation(ActivationKind.Relu), y);
        return ConvNorm(g, y, new Conv(output, output, 3, 1, 1), "conv2", "bn2");
    }

    /// <summary>The stride is in the 3×3 convolution, as in torchvision, and not in the first one, as in the paper.</summary>
    private static int Bottleneck(GraphBuilder g, int x, Variant v, int input, int planes, int stride)
    {
        var width = planes * v.WidthPerGroup / 64 * v.Groups;
        var y = ConvNorm(g, x, new Conv(input, width, 1), "conv1", "bn1");
        y = g.Add("relu", new Activation(ActivationKind.Relu), y);
        y = ConvNorm(g, y, new Conv(width, width, 3, stride, 1, v.Groups), "conv2", "bn2");
        y = g.Add("relu1", new Activation(ActivationKind.Relu), y);
        return ConvNorm(g, y, new Conv(width, planes * 4, 1), "conv3", "bn3");
    }

    private static int Joined(GraphBuilder g, int x, int y, int input, int output, int stride)
    {
        if (stride != 1 || input != output)
            x = ConvNorm(g, x, new Conv(input, output, 1, stride), "downsample.0", "downsample.1");
        return g.Add("relu2", new Activation(ActivationKind.Relu), g.Add("add", new Add(), y, x));
    }

    private static int ConvNorm(GraphBuilder g, int x, Conv conv, string convName, string normName) =>
        g.Add(normName, new BatchNorm(conv.Out), g.Add(convName, conv, x));
}
