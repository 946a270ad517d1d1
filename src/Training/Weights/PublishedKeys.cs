using System.Text.RegularExpressions;
using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Weights;

/// <summary>Adapts published files to a network: old tensor names, positional embeddings of another input size, and colour filters for
/// gray input.</summary>
internal static partial class PublishedKeys
{
    /// <returns>The tensors with the names, positional embeddings and input channels of <paramref name="graph"/>.</returns>
    public static Dictionary<string, LoadedTensor> Adapt(Graph graph, IReadOnlyDictionary<string, LoadedTensor> file)
    {
        var deit = file.ContainsKey("cls_token");
        var tensors = new Dictionary<string, LoadedTensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in file)
        {
            var known = deit ? OfDeit(name) : Known(name);
            if (!tensors.TryAdd(known, tensor))
                throw WeightsException.Refused($"it has '{known}' twice, under an old and a new name");
        }
        foreach (var node in graph.Nodes)
            if (
                node.Op is AddParameter positions
                && tensors.TryGetValue(node.Path, out var learnt)
                && Stretched(learnt, positions.Shape[0], positions.Shape[1]) is { } stretched
            )
                tensors[node.Path] = stretched;
        var first = graph.Nodes.First(n => n.Op is Conv);
        var weight = $"{first.Path}.weight";
        if (((Conv)first.Op).In == 1 && tensors.TryGetValue(weight, out var colour) && Summed(colour) is { } summed)
            tensors[weight] = summed;
        return tensors;
    }

    /// <summary>The sum over three channels, which is equivalent to a gray picture in all of them.</summary>
    private static LoadedTensor? Summed(LoadedTensor colour)
    {
        if (colour.Shape is not [var output, 3, var height, var width])
            return null;
        var area = height * width;
        var values = new float[output * area];
        for (long o = 0; o < output; o++)
        for (long i = 0; i < area; i++)
            values[o * area + i] =
                colour.Values[3 * o * area + i] + colour.Values[(3 * o + 1) * area + i] + colour.Values[(3 * o + 2) * area + i];
        return new LoadedTensor([output, 1, height, width], values);
    }

    private static string Known(string name) =>
        DenseLayer()
            .Replace(name, "$1$2")
            .Replace(".mlp.linear_1.", ".mlp.0.", StringComparison.Ordinal)
            .Replace(".mlp.linear_2.", ".mlp.3.", StringComparison.Ordinal);

    private static string OfDeit(string name)
    {
        name = DeitBlock().Replace(name, "encoder.layers.encoder_layer_$1.");
        foreach (var (old, now) in Deit)
            if (name.StartsWith("encoder.", StringComparison.Ordinal) == old.StartsWith('.'))
                name = name.Replace(old, now, StringComparison.Ordinal);
        return name;
    }

    /// <summary>Names with a leading dot are inside a block.</summary>
    private static readonly (string Old, string Now)[] Deit =
    [
        (".norm1.", ".ln_1."),
        (".norm2.", ".ln_2."),
        (".attn.qkv.", ".self_attention.in_proj_"),
        (".attn.proj.", ".self_attention.out_proj."),
        (".mlp.fc1.", ".mlp.0."),
        (".mlp.fc2.", ".mlp.3."),
        ("norm.", "encoder.ln."),
        ("cls_token", "class_token"),
        ("pos_embed", "encoder.pos_embedding"),
        ("patch_embed.proj.", "conv_proj."),
        ("head.", "heads.head."),
    ];

    /// <summary>The grid of positional embeddings, without the class token's, resized bicubically like a picture with aligned corners:
    /// torchvision's rule.</summary>
    private static LoadedTensor? Stretched(LoadedTensor learnt, long rows, long width)
    {
        if (
            learnt.Shape is not [1, var from, var wide]
            || wide != width
            || from == rows
            || Side(from - 1) is not { } old
            || Side(rows - 1) is not { } side
        )
            return null;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var all = tensor(learnt.Values, learnt.Shape, device: CPU);
        var map = all.narrow(1, 1, from - 1).permute(0, 2, 1).reshape(1, width, old, old);
        var resized = nn
            .functional.interpolate(map, [side, side], mode: InterpolationMode.Bicubic, align_corners: true)
            .reshape(1, width, rows - 1)
            .permute(0, 2, 1);
        return new LoadedTensor([1, rows, width], cat([all.narrow(1, 0, 1), resized], 1).contiguous().data<float>().ToArray());
    }

    private static long? Side(long area) => (long)Math.Round(Math.Sqrt(area)) is var side && side > 0 && side * side == area ? side : null;

    [GeneratedRegex(@"(\.denselayer\d+\.(?:norm|conv))\.([12]\.)")]
    private static partial Regex DenseLayer();

    [GeneratedRegex(@"^blocks\.(\d+)\.")]
    private static partial Regex DeitBlock();
}
