using System.Text.RegularExpressions;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Weights;

public sealed partial class OldNamesOfPublishedFiles
{
    [Fact]
    public void Of_DenseNet_and_of_transformers_become_those_of_today()
    {
        var graph = ModelRegistry.Build("resnet18", 2, 64);
        string[] old =
        [
            "features.denseblock1.denselayer1.norm.1.weight",
            "features.denseblock4.denselayer16.conv.2.weight",
            "encoder.layers.encoder_layer_0.mlp.linear_1.bias",
            "layer1.0.bn1.weight",
        ];
        Assert.Equal(
            [
                "features.denseblock1.denselayer1.norm1.weight",
                "features.denseblock4.denselayer16.conv2.weight",
                "encoder.layers.encoder_layer_0.mlp.0.bias",
                "layer1.0.bn1.weight",
            ],
            PublishedKeys.Adapt(graph, old.ToDictionary(name => name, _ => new LoadedTensor([1], [0]), StringComparer.Ordinal)).Keys
        );
    }

    public static TheoryData<string> Variants =>
        [
            .. ModelRegistry.Names.Where(name =>
                name.StartsWith("densenet", StringComparison.Ordinal)
                || name.StartsWith("vit_", StringComparison.Ordinal)
                || name.StartsWith("deit_", StringComparison.Ordinal)
            ),
        ];

    /// <summary>Names and shapes alone: the largest has 86 million numbers.</summary>
    [Theory, MemberData(nameof(Variants))]
    public void Of_every_variant_that_was_published_with_them_fill_the_network(string name)
    {
        var graph = ModelRegistry.Build(name, 1000, 224);
        var file = graph.Parameters.ToDictionary(p => Old(name, p.Name), p => new LoadedTensor(p.Shape, []), StringComparer.Ordinal);
        Assert.NotEmpty(file.Keys.Except(graph.Parameters.Select(p => p.Name)));
        var fit = WeightsFit.Of(graph, new WeightsFile(WeightsFormats.PyTorch, file, ["float32"]).For(graph));
        Assert.Empty(fit.Unexpected);
        Assert.All(fit.Entries, entry => Assert.True(entry.Fits, entry.Parameter.Name));
        Assert.True(fit.HeadFits);
    }

    [
        Theory,
        InlineData("densenet121", "features.denseblock1.denselayer1.norm.1.weight", "features.denseblock1.denselayer1.norm1.weight"),
        InlineData("deit_tiny_patch16_224", "blocks.3.attn.qkv.bias", "encoder.layers.encoder_layer_3.self_attention.in_proj_bias")
    ]
    public void In_a_file_are_reported_as_the_network_they_belong_to_and_loaded(string name, string old, string now)
    {
        using var folder = new TempFolder();
        var graph = ModelRegistry.Build(name, 10, 224);
        TensorFile.Write(
            folder.File("w"),
            graph.Parameters.Select((p, i) => new NamedTensor(Old(name, p.Name), p.Shape, [.. Enumerable.Repeat(i / 64f, (int)p.Count)]))
        );
        var report = WeightsInspection.Inspect(folder.File("w"), null);
        Assert.Equal((name, 10, true), (report.Architecture, report.Classes, report.Fits));
        var file = WeightsFile.Read(folder.File("w"));
        using var network = new GraphModule(graph, TorchSharp.torch.CPU);
        Assert.False(WeightsLoading.Load(network, file.For(graph)).HeadReplaced);
        Assert.Equal(file.Tensors[old].Values, network.Read(now));
    }

    [Fact]
    public void Do_not_hide_a_tensor_named_twice()
    {
        var tensor = new LoadedTensor([1], [0]);
        var file = new Dictionary<string, LoadedTensor> { ["a.mlp.linear_1.bias"] = tensor, ["a.mlp.0.bias"] = tensor };
        Assert.Throws<WeightsException>(() => PublishedKeys.Adapt(ModelRegistry.Build("resnet18", 2, 64), file));
    }

    [Fact]
    public void Positions_of_another_size_are_stretched_with_their_corners_kept()
    {
        const int old = 14,
            width = 192;
        float[] values = [.. Enumerable.Range(0, (old * old + 1) * width).Select(i => i / width == 0 ? -1f : (i / width - 1) % old)];
        var file = new Dictionary<string, LoadedTensor> { ["encoder.pos_embedding"] = new([1, old * old + 1, width], values) };
        var now = PublishedKeys.Adapt(ModelRegistry.Build("deit_tiny_patch16_224", 2, 112), file)["encoder.pos_embedding"];
        Assert.Equal([1, 50, width], now.Shape);
        Assert.Equal(-1, now.Values[0]);
        Assert.Equal(0, now.Values[width], 1e-4);
        Assert.Equal(old - 1, now.Values[7 * width], 1e-4);
    }

    private static string Old(string architecture, string name) =>
        architecture.StartsWith("densenet", StringComparison.Ordinal) ? DenseLayer().Replace(name, "$1.$2")
        : architecture.StartsWith("vit_", StringComparison.Ordinal)
            ? name.Replace(".mlp.0.", ".mlp.linear_1.", StringComparison.Ordinal)
                .Replace(".mlp.3.", ".mlp.linear_2.", StringComparison.Ordinal)
        : Deit(name);

    [GeneratedRegex(@"(\.denselayer\d+\.(?:norm|conv))([12]\.)")]
    private static partial Regex DenseLayer();

    /// <summary>Stretched, a row of a million numbers would become two hundred of them.</summary>
    [Theory, InlineData(10, 0), InlineData(1, 192), InlineData(0, 192), InlineData(2, 1_000_000), InlineData(11, 192)]
    public void Positions_of_another_width_or_of_no_grid_are_left_as_they_are(int rows, int width)
    {
        var file = new Dictionary<string, LoadedTensor> { ["encoder.pos_embedding"] = new([1, rows, width], new float[rows * width]) };
        Assert.Same(
            file["encoder.pos_embedding"],
            PublishedKeys.Adapt(ModelRegistry.Build("deit_tiny_patch16_224", 2, 112), file)["encoder.pos_embedding"]
        );
    }

    private static string Deit(string name)
    {
        foreach (
            var (now, old) in new[]
            {
                ("encoder.layers.encoder_layer_", "blocks."),
                (".ln_1.", ".norm1."),
                (".ln_2.", ".norm2."),
                (".self_attention.in_proj_", ".attn.qkv."),
                (".self_attention.out_proj.", ".attn.proj."),
                (".mlp.0.", ".mlp.fc1."),
                (".mlp.3.", ".mlp.fc2."),
                ("encoder.ln.", "norm."),
                ("class_token", "cls_token"),
                ("encoder.pos_embedding", "pos_embed"),
                ("conv_proj.", "patch_embed.proj."),
                ("heads.head.", "head."),
            }
        )
            if (name.StartsWith(now, StringComparison.Ordinal) || now.StartsWith('.'))
                name = name.Replace(now, old, StringComparison.Ordinal);
        return name;
    }
}
