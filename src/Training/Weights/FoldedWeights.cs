using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Weights;

/// <summary>
/// Undoes the folding of the ONNX export, so that the network computes the same as the file in evaluation mode: a folded batch norm
/// becomes the identity plus the bias that it left in the convolution. The statistics themselves are lost: a network that trains its
/// batch norms starts from other activations than the file's; see docs/weights.md.
/// </summary>
internal static class FoldedWeights
{
    /// <summary>Initialisers for constants of the network, which are not trained.</summary>
    private static readonly string[] Constants = ["zero", "six"];

    /// <param name="file">Initialisers by name.</param>
    /// <returns>Tensors under the keys of <paramref name="graph"/>; unknown tensors keep their names.</returns>
    public static IReadOnlyDictionary<string, LoadedTensor> Unfold(Graph graph, IReadOnlyDictionary<string, LoadedTensor> file)
    {
        var tensors = file.Where(pair => !Constants.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
            switch (node.Op)
            {
                case BatchNorm norm:
                    Normalisation(graph, node, norm, tensors);
                    break;
                case RelativePositionBias bias:
                    Positions(node, bias, tensors);
                    break;
                case var op when OpServing.Of(op) is not (Served.Unchanged or Served.Removed):
                    throw op.NotKnownTo(nameof(FoldedWeights));
            }
        return tensors;
    }

    private static void Normalisation(Graph graph, Node node, BatchNorm norm, Dictionary<string, LoadedTensor> tensors)
    {
        long[] shape = [norm.Channels];
        if (tensors.Remove(node.Path + ".scale", out var scale) && tensors.Remove(node.Path + ".shift", out var shift))
        {
            if (scale.Values.Length == norm.Channels && shift.Values.Length == norm.Channels)
                Put(node, norm, scale.Values, shift.Values, tensors);
            return;
        }
        var before = graph.Nodes[node.Inputs[0]];
        if (before.Op is not Conv conv || !tensors.Remove(before.Path + ".bias", out var bias))
            return;
        if (conv.Bias)
            tensors[before.Path + ".bias"] = new LoadedTensor([conv.Out], new float[conv.Out]);
        if (bias.Shape.AsSpan().SequenceEqual(shape))
            Put(node, norm, [.. Enumerable.Repeat(1f, norm.Channels)], bias.Values, tensors);
    }

    /// <summary>With a mean of 0 and a variance of 1 − ε, the statistics have no effect.</summary>
    private static void Put(Node node, BatchNorm norm, float[] scale, float[] shift, Dictionary<string, LoadedTensor> tensors)
    {
        long[] shape = [norm.Channels];
        tensors[node.Path + ".weight"] = new LoadedTensor(shape, scale);
        tensors[node.Path + ".bias"] = new LoadedTensor(shape, shift);
        tensors[node.Path + ".running_mean"] = new LoadedTensor(shape, new float[norm.Channels]);
        tensors[node.Path + ".running_var"] = new LoadedTensor(shape, [.. Enumerable.Repeat((float)(1 - norm.Epsilon), norm.Channels)]);
    }

    /// <summary>The file has a bias for each pair of pixels; pairs at the same distance share an entry of the table.</summary>
    private static void Positions(Node node, RelativePositionBias bias, Dictionary<string, LoadedTensor> tensors)
    {
        var index = WindowIndex.Of(bias.Side);
        long area = bias.Side * bias.Side,
            rows = (2L * bias.Side - 1) * (2 * bias.Side - 1);
        if (!tensors.TryGetValue(node.Path, out var pairs) || !pairs.Shape.AsSpan().SequenceEqual([bias.Heads, area, area]))
            return;
        var table = new float[rows * bias.Heads];
        for (var head = 0; head < bias.Heads; head++)
        for (var i = 0; i < index.Length; i++)
            table[index[i] * bias.Heads + head] = pairs.Values[head * index.Length + i];
        tensors.Remove(node.Path);
        tensors[node.Path + "_table"] = new LoadedTensor([rows, bias.Heads], table);
        tensors[$"{node.Path[..^"bias".Length]}index"] = new LoadedTensor([index.Length], [.. index.Select(i => (float)i)]);
    }
}
