using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Export;

/// <summary>A node of a network in which nothing is trained any more, with its plain numbers.</summary>
/// <param name="Inputs">Positions in <see cref="FoldedGraph.Nodes"/>.</param>
internal sealed record FoldedNode(string Path, Op Op, int[] Inputs, long[] Shape, float[]? Weight, float[]? Bias);

/// <summary>A graph as it is served: dropout gone, each batch norm folded into the convolution before it (Jacob et al. 2018, arXiv:1712.05877, §3.2).</summary>
internal sealed record FoldedGraph(IReadOnlyList<FoldedNode> Nodes, int Output)
{
    public static FoldedGraph From(GraphModule module)
    {
        var nodes = new List<FoldedNode>();
        var place = new Dictionary<int, int>();
        var uses = module.Graph.UseCounts();
        foreach (var node in module.Graph.Nodes)
        {
            if (node.Op is Dropout) place[node.Id] = place[node.Inputs[0]];
            else if (node.Op is BatchNorm norm)
            {
                var at = place[node.Inputs[0]];
                if (nodes[at].Op is not Conv || uses[node.Inputs[0]] != 1) throw new NotSupportedException($"The batch norm at '{node.Path}' does not follow a convolution of its own.");
                nodes[at] = Fold(nodes[at], node, norm, module);
                place[node.Id] = at;
            }
            else
            {
                place[node.Id] = nodes.Count;
                nodes.Add(new FoldedNode(node.Path, node.Op, [.. node.Inputs.Select(i => place[i])], node.Shape, Numbers(module, node, ".weight"), Numbers(module, node, ".bias")));
            }
        }
        return new FoldedGraph(nodes, place[module.Graph.Output]);
    }

    private static float[]? Numbers(GraphModule module, Node node, string part) =>
        ParameterSpec.Of(node).Any(p => p.Name == node.Path + part) ? module.Read(node.Path + part) : null;

    private static FoldedNode Fold(FoldedNode conv, Node node, BatchNorm norm, GraphModule module)
    {
        float[] scale = module.Read(node.Path + ".weight"), shift = module.Read(node.Path + ".bias"), mean = module.Read(node.Path + ".running_mean"), variance = module.Read(node.Path + ".running_var");
        var weight = (float[])conv.Weight!.Clone();
        var bias = new float[norm.Channels];
        var perChannel = weight.Length / norm.Channels;
        for (var c = 0; c < norm.Channels; c++)
        {
            var factor = scale[c] / Math.Sqrt(variance[c] + norm.Epsilon);
            for (var i = c * perChannel; i < (c + 1) * perChannel; i++) weight[i] = (float)(weight[i] * factor);
            bias[c] = (float)(((conv.Bias?[c] ?? 0) - mean[c]) * factor + shift[c]);
        }
        return conv with { Op = (Conv)conv.Op with { Bias = true }, Weight = weight, Bias = bias };
    }
}
