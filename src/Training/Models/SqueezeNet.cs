// SqueezeNet, Iandola et al. 2016, arXiv:1602.07360; 1.1 is the authors' later release. Node paths are torchvision's state-dict keys.
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

internal static class SqueezeNet
{
    private const int Pool = 0;

    /// <param name="Fires">Squeezed channels of each fire module after the stem, four times as many leaving each of its two branches; <see
    /// cref="Pool"/> is a pooling.</param>
    private sealed record Variant(int Stem, int Kernel, int[] Fires);

    private static readonly Dictionary<string, Variant> Variants = new(StringComparer.Ordinal)
    {
        ["squeezenet1_0"] = new(96, 7, [Pool, 16, 16, 32, Pool, 32, 48, 48, 64, Pool, 64]),
        ["squeezenet1_1"] = new(64, 3, [Pool, 16, 16, Pool, 32, 32, Pool, 48, 48, 64, 64]),
    };

    public static IEnumerable<string> Names => Variants.Keys;

    public static Graph Build(string variant, int classes, int inputSize, BuildOptions options)
    {
        var v = Variants[variant];
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(options.InputChannels, inputSize, inputSize));
        x = g.Add("features.0", new Conv(options.InputChannels, v.Stem, v.Kernel, 2, Bias: true), x);
        x = g.Add("features.1", new Activation(ActivationKind.Relu), x);
        var channels = v.Stem;
        for (var i = 0; i < v.Fires.Length; i++)
        {
            var squeezed = v.Fires[i];
            if (squeezed == Pool)
            {
                g.NextGroup();
                x = g.Add($"features.{i + 2}", new MaxPool(3, 2, 0, Ceiling: true), x);
                continue;
            }
            using var scope = g.Scope($"features.{i + 2}");
            x = Fire(g, x, channels, squeezed, squeezed * 4);
            channels = squeezed * 8;
        }
        g.NextGroup();
        x = Parts.Dropout(g, x, options, 0.5, "classifier.0");
        x = g.Add("classifier.1", new Conv(channels, classes, 1, Bias: true), x);
        x = g.Add("classifier.2", new Activation(ActivationKind.Relu), x);
        return g.Build(g.Add("classifier.3", new GlobalAveragePool(), x), "classifier.1");
    }

    private static int Fire(GraphBuilder g, int x, int input, int squeezed, int expanded)
    {
        x = g.Add("squeeze", new Conv(input, squeezed, 1, Bias: true), x);
        x = g.Add("squeeze_activation", new Activation(ActivationKind.Relu), x);
        var one = g.Add(
            "expand1x1_activation",
            new Activation(ActivationKind.Relu),
            g.Add("expand1x1", new Conv(squeezed, expanded, 1, Bias: true), x)
        );
        var three = g.Add(
            "expand3x3_activation",
            new Activation(ActivationKind.Relu),
            g.Add("expand3x3", new Conv(squeezed, expanded, 3, 1, 1, Bias: true), x)
        );
        return g.Add("concat", new Concat(), one, three);
    }
}
