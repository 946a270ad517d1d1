using GpuGeek.Training.Models;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Weights;

public sealed class OldNamesOfPublishedFiles
{
    [Fact]
    public void Of_DenseNet_and_of_transformers_become_those_of_today()
    {
        var graph = ModelRegistry.Build("resnet18", 2, 64);
        string[] old = ["features.denseblock1.denselayer1.norm.1.weight", "features.denseblock4.denselayer16.conv.2.weight", "encoder.layers.encoder_layer_0.mlp.linear_1.bias", "layer1.0.bn1.weight"];
        Assert.Equal(["features.denseblock1.denselayer1.norm1.weight", "features.denseblock4.denselayer16.conv2.weight", "encoder.layers.encoder_layer_0.mlp.0.bias", "layer1.0.bn1.weight"],
            PublishedKeys.Adapt(graph, old.ToDictionary(name => name, _ => new LoadedTensor([1], [0]), StringComparer.Ordinal)).Keys);
    }

    [Fact]
    public void Of_DeiT_become_those_of_the_same_network_here()
    {
        var graph = ModelRegistry.Build("deit_tiny_patch16_224", 1000, 224);
        var file = graph.Parameters.ToDictionary(p => Deit(p.Name), p => new LoadedTensor(p.Shape, new float[p.Count]), StringComparer.Ordinal);
        Assert.Contains("blocks.11.attn.qkv.weight", file.Keys);
        Assert.Equal(graph.Parameters.Select(p => p.Name), PublishedKeys.Adapt(graph, file).Keys);
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
        const int old = 14, width = 192;
        float[] values = [.. Enumerable.Range(0, (old * old + 1) * width).Select(i => i / width == 0 ? -1f : (i / width - 1) % old)];
        var file = new Dictionary<string, LoadedTensor> { ["encoder.pos_embedding"] = new([1, old * old + 1, width], values) };
        var now = PublishedKeys.Adapt(ModelRegistry.Build("deit_tiny_patch16_224", 2, 112), file)["encoder.pos_embedding"];
        Assert.Equal([1, 50, width], now.Shape);
        Assert.Equal(-1, now.Values[0]);
        Assert.Equal(0, now.Values[width], 1e-4);
        Assert.Equal(old - 1, now.Values[7 * width], 1e-4);
    }

    private static string Deit(string name)
    {
        foreach (var (now, old) in new[]
        {
            ("encoder.layers.encoder_layer_", "blocks."), (".ln_1.", ".norm1."), (".ln_2.", ".norm2."), (".self_attention.in_proj_", ".attn.qkv."), (".self_attention.out_proj.", ".attn.proj."),
            (".mlp.0.", ".mlp.fc1."), (".mlp.3.", ".mlp.fc2."), ("encoder.ln.", "norm."), ("class_token", "cls_token"), ("encoder.pos_embedding", "pos_embed"), ("conv_proj.", "patch_embed.proj."), ("heads.head.", "head."),
        })
            if (name.StartsWith(now, StringComparison.Ordinal) || now.StartsWith('.')) name = name.Replace(now, old, StringComparison.Ordinal);
        return name;
    }
}
