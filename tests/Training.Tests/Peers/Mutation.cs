using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Tests.Peers;

/// <summary>One small mistake in a network, which the proof must detect.</summary>
internal static class Mutation
{
    /// <summary>The mistakes that a network leaves room for; an epsilon and a stride at the first place that has one, the others at the
    /// last.</summary>
    public static IEnumerable<(string What, Graph Graph)> Of(Graph graph)
    {
        if (graph.Nodes.LastOrDefault(n => n.Op is Activation) is { } activation)
            yield return (
                $"activation of {activation.Path}",
                With(
                    graph,
                    activation,
                    new Activation(((Activation)activation.Op).Kind == ActivationKind.Silu ? ActivationKind.HardSwish : ActivationKind.Silu)
                )
            );
        if (graph.Nodes.FirstOrDefault(n => n.Op is BatchNorm or LayerNorm) is { } norm)
            yield return (
                $"epsilon of {norm.Path}",
                With(
                    graph,
                    norm,
                    norm.Op is BatchNorm b
                        ? b with
                        {
                            Epsilon = b.Epsilon * 10,
                        }
                        : (LayerNorm)norm.Op with
                        {
                            Epsilon = ((LayerNorm)norm.Op).Epsilon * 10,
                        }
                )
            );
        if (graph.Nodes.LastOrDefault(n => n.Op is Add) is { } add)
            yield return ($"skip of {add.Path}", With(graph, add, add.Op, [add.Inputs[1], add.Inputs[1]]));
        foreach (var node in graph.Nodes)
            if (OfShape(node.Op) is { } other)
            {
                yield return ($"{node.Op.GetType().Name} at {node.Path}", With(graph, node, other));
                yield break;
            }
        if (graph.Nodes.FirstOrDefault(n => n.Op is Conv { Stride: 2 } or MaxPool { Stride: 2 }) is { } strided)
            yield return (
                $"stride of {strided.Path}",
                With(graph, strided, strided.Op is Conv c ? c with { Stride = 1 } : (MaxPool)strided.Op with { Stride = 1 })
            );
    }

    /// <summary>Where reshapes fix every side a stride cannot change: there it is the channel shuffle, the shift of windows or the scale of
    /// attention that is wrong.</summary>
    private static Op? OfShape(Op op) =>
        op switch
        {
            Transpose { Order: [1, 0, 2, 3] } => new Transpose(0, 1, 2, 3),
            Roll => new Roll(0, 0),
            Scale t => new Scale(t.Factor * 1.01),
            _ => null,
        };

    private static Graph With(Graph graph, Node changed, Op op, int[]? inputs = null)
    {
        var g = new GraphBuilder();
        foreach (var node in graph.Nodes)
            g.Add(node.Path, node == changed ? op : node.Op, node == changed ? inputs ?? node.Inputs : node.Inputs);
        return g.Build(graph.Output, graph.ClassifierPath);
    }
}
