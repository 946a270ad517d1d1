// Swin Transformer, Liu et al. 2021, arXiv:2103.14030. Node paths are torchvision's state-dict keys.
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

internal static class Swin
{
    private const int Window = 7;
    private const double Epsilon = 1e-5;

    private sealed record Variant(int Width, int[] Depths, int[] Heads, double DepthDropped);

    private static readonly Dictionary<string, Variant> Variants = new(StringComparer.Ordinal)
    {
        ["swin_t"] = new(96, [2, 2, 6, 2], [3, 6, 12, 24], 0.2),
    };

    public static IEnumerable<string> Names => Variants.Keys;

    public static Graph Build(string variant, int classes, int inputSize, BuildOptions options)
    {
        var v = Variants[variant];
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(options.InputChannels, inputSize, inputSize));
        x = g.Add("features.0.0", new Conv(options.InputChannels, v.Width, 4, 4, Bias: true), x);
        x = g.Add("features.0.1", new Transpose(1, 2, 0), x);
        x = g.Add("features.0.2", new LayerNorm(v.Width, Epsilon), x);
        int done = 0,
            all = v.Depths.Sum(),
            width = v.Width;
        for (var stage = 0; stage < v.Depths.Length; stage++)
        {
            g.NextGroup();
            if (stage > 0)
            {
                using var merging = g.Scope($"features.{2 * stage}");
                x = Merge(g, x, width);
                width *= 2;
            }
            for (var i = 0; i < v.Depths[stage]; i++, done++)
            {
                using var scope = g.Scope($"features.{2 * stage + 1}.{i}");
                x = Block(
                    g,
                    x,
                    width,
                    v.Heads[stage],
                    i % 2 == 1 ? Window / 2 : 0,
                    (options.StochasticDepth ?? v.DepthDropped) * done / (all - 1)
                );
            }
        }
        g.NextGroup();
        x = g.Add("norm", new LayerNorm(width, Epsilon), x);
        x = g.Add("permute", new Transpose(2, 0, 1), x);
        x = g.Add("avgpool", new GlobalAveragePool(), x);
        x = Parts.Dropout(g, x, options);
        return g.Build(g.Add("head", new Linear(width, classes, LinearInit.Normal02), x), "head");
    }

    private static int Block(GraphBuilder g, int x, int width, int heads, int shift, double dropped)
    {
        var y = g.Add("norm1", new LayerNorm(width, Epsilon), x);
        using (g.Scope("attn"))
            y = Attention(g, y, width, heads, shift);
        x = g.Add("add1", new Add(), x, g.Add("stochastic_depth1", new StochasticDepth(dropped), y));
        y = g.Add("norm2", new LayerNorm(width, Epsilon), x);
        y = SelfAttention.Perceptron(g, y, width);
        return g.Add("add2", new Add(), x, g.Add("stochastic_depth2", new StochasticDepth(dropped), y));
    }

    /// <summary>Attention within windows, shifted by half a window in every second block.</summary>
    private static int Attention(GraphBuilder g, int x, int width, int heads, int shift)
    {
        var first = g.Declarations;
        int height = (int)g.Shape(x)[0],
            across = (int)g.Shape(x)[1];
        int high = Padded(height),
            wide = Padded(across),
            area = Window * Window;
        // One window already covers everything.
        if (Window >= high)
            shift = 0;
        long down = high / Window,
            right = wide / Window,
            windows = down * right;
        if (high != height || wide != across)
            x = g.Add("padded", new Pad(high - height, wide - across), x);
        if (shift > 0)
            x = g.Add("rolled", new Roll(-shift, -shift), x);
        x = g.Add("cut", new Reshape(down, Window, right, Window, width), x);
        x = g.Add("windows", new Transpose(0, 2, 1, 3, 4), x);
        x = g.Add("rows", new Reshape(windows, area, width), x);
        x = g.Add("qkv", new Linear(width, 3 * width, LinearInit.Normal02), x);
        x = SelfAttention.Heads(
            g,
            x,
            windows,
            area,
            width,
            heads,
            scores =>
            {
                scores = g.DeclareAt(first, g.Add("relative_position_bias", new RelativePositionBias(Window, heads), scores));
                return shift > 0 ? g.Add("mask", new AddConstant(Mask(high, wide, shift), [windows, 1, area, area]), scores) : scores;
            }
        );
        x = g.Add("proj", new Linear(width, width, LinearInit.Normal02), x);
        x = g.Add("split", new Reshape(down, right, Window, Window, width), x);
        x = g.Add("lines", new Transpose(0, 2, 1, 3, 4), x);
        x = g.Add("whole", new Reshape(high, wide, width), x);
        if (shift > 0)
            x = g.Add("unrolled", new Roll(shift, shift), x);
        return high != height || wide != across ? g.Add("cropped", new Crop(height, across), x) : x;
    }

    /// <summary>Concatenates squares of four pixels to four times the width, which is then halved.</summary>
    private static int Merge(GraphBuilder g, int x, int width)
    {
        var first = g.Declarations;
        if (g.Shape(x) is not [var height, var across, _])
            throw new ArgumentException("Patch merging needs channels-last feature maps.", nameof(x));
        if (height % 2 + across % 2 > 0)
            x = g.Add("padded", new Pad((int)(height % 2), (int)(across % 2)), x);
        long down = (height + 1) / 2,
            right = (across + 1) / 2;
        x = g.Add("squares", new Reshape(down, 2, right, 2, width), x);
        // Down before right: torchvision's order of concatenation.
        x = g.Add("turned", new Transpose(0, 2, 3, 1, 4), x);
        x = g.Add("joined", new Reshape(down, right, 4 * width), x);
        x = g.Add("norm", new LayerNorm(4 * width, Epsilon), x);
        return g.DeclareAt(first, g.Add("reduction", new Linear(4 * width, 2 * width, LinearInit.Normal02, Bias: false), x));
    }

    private static int Padded(int side) => (side + Window - 1) / Window * Window;

    /// <summary>Pixels that the cyclic shift brought together from opposite sides do not attend to each other: windows × area ×
    /// area.</summary>
    private static float[] Mask(int high, int wide, int shift)
    {
        const float hidden = -100;
        int area = Window * Window,
            right = wide / Window;
        var mask = new float[high * wide * area];
        int Region(int position, int side) =>
            position < side - Window ? 0
            : position < side - shift ? 1
            : 2;
        int At(int window, int pixel) =>
            3 * Region(window / right * Window + pixel / Window, high) + Region(window % right * Window + pixel % Window, wide);
        for (var window = 0; window < high * wide / area; window++)
        for (var from = 0; from < area; from++)
        for (var to = 0; to < area; to++)
            if (At(window, from) != At(window, to))
                mask[(window * area + from) * area + to] = hidden;
        return mask;
    }
}
