namespace GpuGeek.Training.Graphs;

/// <summary>A node of an evaluation-mode network, with its parameters as plain numbers.</summary>
/// <param name="From">Shape of the first input; empty if there is none.</param>
/// <param name="Inputs">Positions in <see cref="FoldedGraph.Nodes"/>.</param>
internal sealed record FoldedNode(string Path, Op Op, int[] Inputs, long[] Shape, long[] From, FoldedTensor[] Tensors);

/// <param name="Name">Unique in the graph.</param>
internal sealed record FoldedTensor(string Name, long[] Shape, float[] Values);

/// <summary>A graph for serving: dropout removed, each batch norm folded into the convolution before it (Jacob et al. 2018,
/// arXiv:1712.05877, §3.2), or replaced by a scale and a shift if there is none.</summary>
internal sealed record FoldedGraph(IReadOnlyList<FoldedNode> Nodes, int Output)
{
    public static FoldedGraph From(GraphModule module)
    {
        var nodes = new List<FoldedNode>();
        var place = new Dictionary<int, int>();
        var uses = module.Graph.UseCounts();
        foreach (var node in module.Graph.Nodes)
        {
            if (OpServing.Of(node.Op) == Served.Removed)
                place[node.Id] = place[node.Inputs[0]];
            else if (node.Op is BatchNorm norm && nodes[place[node.Inputs[0]]].Op is Conv && uses[node.Inputs[0]] == 1)
            {
                var at = place[node.Inputs[0]];
                nodes[at] = Fold(nodes[at], node, Line(node, norm, module));
                place[node.Id] = at;
            }
            else
            {
                place[node.Id] = nodes.Count;
                nodes.Add(
                    new FoldedNode(
                        node.Path,
                        node.Op,
                        [.. node.Inputs.Select(i => place[i])],
                        node.Shape,
                        node.Inputs.Length == 0 ? [] : module.Graph.Nodes[node.Inputs[0]].Shape,
                        Numbers(module, node)
                    )
                );
            }
        }
        return new FoldedGraph(nodes, place[module.Graph.Output]);
    }

    private static FoldedTensor[] Numbers(GraphModule module, Node node) =>
        node.Op switch
        {
            BatchNorm norm when Line(node, norm, module) is var (scale, shift) =>
            [
                new(node.Path + ".scale", [norm.Channels, 1, 1], [.. scale.Select(s => (float)s)]),
                new(node.Path + ".shift", [norm.Channels, 1, 1], [.. shift.Select(s => (float)s)]),
            ],
            RelativePositionBias r =>
            [
                new(node.Path, [r.Heads, r.Side * r.Side, r.Side * r.Side], Biases(module.Read($"{node.Path}_table"), r)),
            ],
            var op when OpServing.Of(op) == Served.Unchanged =>
            [
                .. ParameterSpec.Of(node).Select(p => new FoldedTensor(p.Name, p.Shape, module.Read(p.Name))),
            ],
            var op => throw op.NotKnownTo(nameof(FoldedGraph)),
        };

    /// <summary>Scale and shift per channel of a batch norm with fixed statistics.</summary>
    private static (double[] Scale, double[] Shift) Line(Node node, BatchNorm norm, GraphModule module)
    {
        float[] weight = module.Read(node.Path + ".weight"),
            bias = module.Read(node.Path + ".bias"),
            mean = module.Read(node.Path + ".running_mean"),
            variance = module.Read(node.Path + ".running_var");
        double[] scale = [.. weight.Zip(variance, (w, v) => w / Math.Sqrt(v + norm.Epsilon))];
        return (scale, [.. scale.Select((s, c) => bias[c] - mean[c] * s)]);
    }

    private static FoldedNode Fold(FoldedNode conv, Node node, (double[] Scale, double[] Shift) line)
    {
        var weight = (float[])conv.Tensors[0].Values.Clone();
        var bias = new float[line.Scale.Length];
        var perChannel = weight.Length / bias.Length;
        for (var c = 0; c < bias.Length; c++)
        {
            for (var i = c * perChannel; i < (c + 1) * perChannel; i++)
                weight[i] = (float)(weight[i] * line.Scale[c]);
            bias[c] = (float)((((Conv)conv.Op).Bias ? conv.Tensors[1].Values[c] : 0) * line.Scale[c] + line.Shift[c]);
        }
        return conv with
        {
            Op = (Conv)conv.Op with { Bias = true },
            Tensors = [conv.Tensors[0] with { Values = weight }, new(conv.Path + ".bias", [bias.Length], bias)],
        };
    }

    private static float[] Biases(float[] table, RelativePositionBias r)
    {
        var index = WindowIndex.Of(r.Side);
        var biases = new float[r.Heads * index.Length];
        for (var head = 0; head < r.Heads; head++)
        for (var i = 0; i < index.Length; i++)
            biases[head * index.Length + i] = table[index[i] * r.Heads + head];
        return biases;
    }
}
