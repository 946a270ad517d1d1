// An Image is Worth 16x16 Words, Dosovitskiy et al. 2020, arXiv:2010.11929; the tiny and small sizes are DeiT's, Touvron et al. 2020,
// arXiv:2012.12877.
// Node paths are torchvision's state-dict keys.
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

internal static class VisionTransformer
{
    private const int Layers = 12;
    private const double Epsilon = 1e-6;

    private static readonly Dictionary<string, (int Patch, int Width, int Heads)> Variants = new(StringComparer.Ordinal)
    {
        ["deit_tiny_patch16_224"] = (16, 192, 3),
        ["deit_small_patch16_224"] = (16, 384, 6),
        ["vit_b_16"] = (16, 768, 12),
        ["vit_b_32"] = (32, 768, 12),
    };

    public static IEnumerable<string> Names => Variants.Keys;

    public static Graph Build(string variant, int classes, int inputSize, BuildOptions options)
    {
        var (patch, width, heads) = Variants[variant];
        var rows = inputSize / patch * (inputSize / patch);
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(options.InputChannels, inputSize, inputSize));
        var first = g.Declarations;
        x = g.Add("conv_proj", new Conv(options.InputChannels, width, patch, patch, Bias: true), x);
        x = g.Add("columns", new Reshape(width, rows), x);
        x = g.Add("rows", new Transpose(1, 0), x);
        x = g.DeclareAt(first, g.Add("class_token", new ClassToken(width), x));
        x = g.Add("encoder.pos_embedding", new AddParameter(rows + 1, width), x);
        for (var layer = 0; layer < Layers; layer++)
        {
            var block = layer;
            if (layer % 3 == 0)
                g.NextGroup();
            using var scope = g.Scope($"encoder.layers.encoder_layer_{layer}");
            x = Block(g, x, rows + 1, width, heads, (name, y) => Parts.StochasticDepth(g, y, options, block, Layers, name));
        }
        g.NextGroup();
        x = g.Add("encoder.ln", new LayerNorm(width, Epsilon), x);
        x = g.Add("token", new Reshape(width), g.Add("first", new Slice(0, 1), x));
        x = Parts.Dropout(g, x, options);
        return g.Build(g.Add("heads.head", new Linear(width, classes, LinearInit.Normal02), x), "heads.head");
    }

    private static int Block(GraphBuilder g, int x, int rows, int width, int heads, Func<string, int, int> branch)
    {
        var y = g.Add("ln_1", new LayerNorm(width, Epsilon), x);
        y = g.Add("self_attention.in_proj", new Linear(width, 3 * width, LinearInit.Normal02, Joint: "_"), y);
        y = SelfAttention.Heads(g, y, 1, rows, width, heads, scores => scores);
        y = g.Add("attended", new Reshape(rows, width), y);
        y = g.Add("self_attention.out_proj", new Linear(width, width, LinearInit.Normal02), y);
        x = g.Add("add1", new Add(), x, branch("stochastic_depth1", y));
        y = g.Add("ln_2", new LayerNorm(width, Epsilon), x);
        y = SelfAttention.Perceptron(g, y, width);
        return g.Add("add2", new Add(), x, branch("stochastic_depth2", y));
    }
}
