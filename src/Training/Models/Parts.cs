using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

/// <summary>Building blocks shared by several families.</summary>
internal static class Parts
{
    /// <summary>Convolution, batch norm and, unless null, an activation, under the names 0, 1 and 2 of a scope.</summary>
    public static int ConvNorm(GraphBuilder g, int x, string name, Conv conv, BatchNorm norm, ActivationKind? activation)
    {
        using var scope = g.Scope(name);
        x = g.Add("0", conv, x);
        x = g.Add("1", norm, x);
        return activation is { } kind ? g.Add("2", new Activation(kind), x) : x;
    }

    /// <summary>Squeeze-and-excitation, Hu et al. 2017, arXiv:1709.01507.</summary>
    public static int SqueezeExcite(
        GraphBuilder g,
        int x,
        string name,
        int channels,
        int squeezed,
        ActivationKind inner,
        ActivationKind gate
    )
    {
        using var scope = g.Scope(name);
        var s = g.Add("avgpool", new AdaptiveAveragePool(1), x);
        s = g.Add("fc1", new Conv(channels, squeezed, 1, Bias: true), s);
        s = g.Add("activation", new Activation(inner), s);
        s = g.Add("fc2", new Conv(squeezed, channels, 1, Bias: true), s);
        s = g.Add("scale_activation", new Activation(gate), s);
        return g.Add("scale", new Multiply(), x, s);
    }

    /// <summary>Dropout before the classifier, at the requested rate, else at the network's own; none if there is neither.</summary>
    public static int Dropout(GraphBuilder g, int x, BuildOptions options, double? own = null, string name = "dropout") =>
        (options.Dropout ?? own) is { } rate ? g.Add(name, new Dropout(rate), x) : x;

    /// <summary>Stochastic depth at the end of a residual branch of a network that was published without it: 0 in the first block, the
    /// requested rate in the last, linear in between (Huang et al. 2016, arXiv:1603.09382).</summary>
    public static int StochasticDepth(
        GraphBuilder g,
        int y,
        BuildOptions options,
        int block,
        int blocks,
        string name = "stochastic_depth"
    ) => options.StochasticDepth is { } last ? g.Add(name, new StochasticDepth(last * block / (blocks - 1)), y) : y;

    /// <summary>The multiple of 8 nearest to a number of channels, but at least nine tenths of it.</summary>
    public static int MakeDivisible(double channels)
    {
        var rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}
