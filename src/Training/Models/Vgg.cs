// Very Deep Convolutional Networks, Simonyan and Zisserman 2014, arXiv:1409.1556. Node paths are torchvision's state-dict keys.
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

internal static class Vgg
{
    private const int PooledSide = 7,
        Hidden = 4096;

    /// <summary>Convolutions per stage; the stages have 64, 128, 256, 512 and 512 channels.</summary>
    private static readonly Dictionary<string, (int[] Stages, bool Norm)> Variants = new(StringComparer.Ordinal)
    {
        ["vgg11"] = ([1, 1, 2, 2, 2], false),
        ["vgg11_bn"] = ([1, 1, 2, 2, 2], true),
        ["vgg13"] = ([2, 2, 2, 2, 2], false),
        ["vgg13_bn"] = ([2, 2, 2, 2, 2], true),
        ["vgg16"] = ([2, 2, 3, 3, 3], false),
        ["vgg16_bn"] = ([2, 2, 3, 3, 3], true),
        ["vgg19"] = ([2, 2, 4, 4, 4], false),
        ["vgg19_bn"] = ([2, 2, 4, 4, 4], true),
    };

    public static IEnumerable<string> Names => Variants.Keys;

    public static Graph Build(string variant, int classes, int inputSize, BuildOptions options)
    {
        var (stages, norm) = Variants[variant];
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(options.InputChannels, inputSize, inputSize));
        int channels = options.InputChannels,
            index = 0;
        string Next() => $"features.{index++}";
        for (var stage = 0; stage < stages.Length; stage++)
        {
            var wide = Math.Min(64 << stage, 512);
            for (var i = 0; i < stages[stage]; i++, channels = wide)
            {
                x = g.Add(Next(), new Conv(channels, wide, 3, 1, 1, Bias: true), x);
                if (norm)
                    x = g.Add(Next(), new BatchNorm(wide), x);
                x = g.Add(Next(), new Activation(ActivationKind.Relu), x);
            }
            x = g.Add(Next(), new MaxPool(2, 2, 0), x);
            g.NextGroup();
        }
        x = g.Add("avgpool", new AdaptiveAveragePool(PooledSide), x);
        x = g.Add("flatten", new Reshape(channels * PooledSide * PooledSide), x);
        x = Hide(g, x, 0, channels * PooledSide * PooledSide, options);
        x = Hide(g, x, 3, Hidden, options);
        return g.Build(g.Add("classifier.6", new Linear(Hidden, classes, LinearInit.SmallNormal), x), "classifier.6");
    }

    private static int Hide(GraphBuilder g, int x, int index, int input, BuildOptions options)
    {
        x = g.Add($"classifier.{index}", new Linear(input, Hidden, LinearInit.SmallNormal), x);
        x = g.Add($"classifier.{index + 1}", new Activation(ActivationKind.Relu), x);
        return Parts.Dropout(g, x, options, 0.5, $"classifier.{index + 2}");
    }
}
