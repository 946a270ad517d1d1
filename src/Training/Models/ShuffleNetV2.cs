// ShuffleNet V2, Ma et al. 2018, arXiv:1807.11164. Node paths are torchvision's state-dict keys.
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

internal static class ShuffleNetV2
{
    private const int Stem = 24;
    private static readonly int[] Repeats = [4, 8, 4];

    /// <summary>Channels of stages 2 to 4 and of the last convolution.</summary>
    private static readonly Dictionary<string, int[]> Variants = new(StringComparer.Ordinal)
    {
        ["shufflenet_v2_x0_5"] = [48, 96, 192, 1024],
        ["shufflenet_v2_x1_0"] = [116, 232, 464, 1024],
        ["shufflenet_v2_x1_5"] = [176, 352, 704, 1024],
        ["shufflenet_v2_x2_0"] = [244, 488, 976, 2048],
    };

    public static IEnumerable<string> Names => Variants.Keys;

    public static Graph Build(string variant, int classes, int inputSize, BuildOptions options)
    {
        var widths = Variants[variant];
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(options.InputChannels, inputSize, inputSize));
        x = Parts.ConvNorm(g, x, "conv1", new Conv(options.InputChannels, Stem, 3, 2, 1), new BatchNorm(Stem), ActivationKind.Relu);
        x = g.Add("maxpool", new MaxPool(3, 2, 1), x);
        var channels = Stem;
        for (var stage = 0; stage < Repeats.Length; stage++)
        {
            g.NextGroup();
            for (var i = 0; i < Repeats[stage]; i++, channels = widths[stage])
            {
                using var scope = g.Scope($"stage{stage + 2}.{i}");
                x = Shuffle(g, i == 0 ? Halving(g, x, channels, widths[stage] / 2) : Keeping(g, x, widths[stage] / 2));
            }
        }
        g.NextGroup();
        x = Parts.ConvNorm(g, x, "conv5", new Conv(channels, widths[^1], 1), new BatchNorm(widths[^1]), ActivationKind.Relu);
        x = g.Add("mean", new GlobalAveragePool(), x);
        x = Parts.Dropout(g, x, options);
        return g.Build(g.Add("fc", new Linear(widths[^1], classes), x), "fc");
    }

    /// <summary>Both branches process the whole input and halve its side.</summary>
    private static int Halving(GraphBuilder g, int x, int input, int half)
    {
        int left;
        using (g.Scope("branch1"))
        {
            left = g.Add("1", new BatchNorm(input), g.Add("0", new Conv(input, input, 3, 2, 1, input), x));
            left = g.Add("3", new BatchNorm(half), g.Add("2", new Conv(input, half, 1), left));
            left = g.Add("4", new Activation(ActivationKind.Relu), left);
        }
        return g.Add("concat", new Concat(), left, Right(g, x, input, half, 2));
    }

    /// <summary>Half of the channels pass unchanged.</summary>
    private static int Keeping(GraphBuilder g, int x, int half)
    {
        var left = g.Add("left", new Slice(0, half), x);
        var right = g.Add("right", new Slice(half, half), x);
        return g.Add("concat", new Concat(), left, Right(g, right, half, half, 1));
    }

    private static int Right(GraphBuilder g, int x, int input, int half, int stride)
    {
        using var scope = g.Scope("branch2");
        x = g.Add("1", new BatchNorm(half), g.Add("0", new Conv(input, half, 1), x));
        x = g.Add("2", new Activation(ActivationKind.Relu), x);
        x = g.Add("4", new BatchNorm(half), g.Add("3", new Conv(half, half, 3, stride, 1, half), x));
        x = g.Add("6", new BatchNorm(half), g.Add("5", new Conv(half, half, 1), x));
        return g.Add("7", new Activation(ActivationKind.Relu), x);
    }

    /// <summary>Interleaves the channels of the two halves.</summary>
    private static int Shuffle(GraphBuilder g, int x)
    {
        if (g.Shape(x) is not [var channels, var height, var width])
            throw new ArgumentException("Channel shuffle needs a feature map.", nameof(x));
        x = g.Add("halves", new Reshape(2, channels / 2, height, width), x);
        x = g.Add("turns", new Transpose(1, 0, 2, 3), x);
        return g.Add("shuffled", new Reshape(channels, height, width), x);
    }
}
