namespace GpuGeek.Training.Graphs;

/// <summary>How one node behaves in one execution.</summary>
internal enum NodeMode
{
    /// <summary>Batch statistics, dropout, gradients.</summary>
    Train,

    /// <summary>Running statistics, no dropout.</summary>
    Eval,

    /// <summary>As <see cref="Eval"/>, and its parameters do not learn: a frozen batch norm keeps its statistics.</summary>
    Frozen,
}

/// <summary>A mode for every node of a graph. It belongs to the execution, not to the graph.</summary>
internal sealed class ModePlan
{
    private readonly NodeMode[] _modes;

    private ModePlan(IEnumerable<NodeMode> modes) => _modes = [.. modes];

    public NodeMode this[Node node] => _modes[node.Id];

    public static ModePlan Eval(Graph graph) => new(graph.Nodes.Select(_ => NodeMode.Eval));

    public static ModePlan Train(Graph graph) => new(graph.Nodes.Select(_ => NodeMode.Train));

    /// <summary>As <see cref="Train"/>, but nothing is dropped: what two implementations can be compared by.</summary>
    public static ModePlan TrainWithoutChance(Graph graph) =>
        new(graph.Nodes.Select(n => n.Op is Dropout or StochasticDepth ? NodeMode.Eval : NodeMode.Train));

    /// <summary>All before the classifier frozen, the classifier learning.</summary>
    /// <param name="dropping">Of what it sees a share is dropped, if the graph says so.</param>
    public static ModePlan FrozenBackbone(Graph graph, bool dropping = false) =>
        new(
            graph.Nodes.Select(n =>
                n == graph.Classifier || (dropping && n.Op is Dropout && graph.Classifier.Inputs.Contains(n.Id))
                    ? NodeMode.Train
                    : NodeMode.Frozen
            )
        );
}
