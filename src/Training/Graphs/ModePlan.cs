namespace GpuGeek.Training.Graphs;

/// <summary>How one node behaves in one execution.</summary>
internal enum NodeMode
{
    /// <summary>Batch statistics, dropout, gradients.</summary>
    Train,

    /// <summary>Running statistics, no dropout.</summary>
    Eval,

    /// <summary>Like <see cref="Eval"/>, and its parameters are not trained: a frozen batch norm keeps its statistics.</summary>
    Frozen,
}

/// <summary>A mode for every node of a graph. It belongs to the execution, not to the graph.</summary>
internal sealed class ModePlan
{
    private readonly NodeMode[] _modes;

    /// <summary>Share of a batch's statistics in the running ones; null: that of each norm.</summary>
    public double? Momentum { get; private init; }

    private ModePlan(IEnumerable<NodeMode> modes) => _modes = [.. modes];

    public NodeMode this[Node node] => _modes[node.Id];

    public static ModePlan Eval(Graph graph) => new(graph.Nodes.Select(_ => NodeMode.Eval));

    public static ModePlan Train(Graph graph) => new(graph.Nodes.Select(_ => NodeMode.Train));

    /// <summary>Some nodes learn; the others are frozen.</summary>
    public static ModePlan Learning(Graph graph, Func<Node, bool> learns) =>
        new(graph.Nodes.Select(n => learns(n) ? NodeMode.Train : NodeMode.Frozen));

    /// <summary>The norms that learn take in the statistics of what they see; nothing else differs from <see cref="Eval"/>.</summary>
    /// <param name="share">Of this batch in the running statistics.</param>
    public static ModePlan Measuring(Graph graph, ModePlan learning, double share) =>
        new(graph.Nodes.Select(n => n.Op is BatchNorm && learning[n] == NodeMode.Train ? NodeMode.Train : NodeMode.Eval))
        {
            Momentum = share,
        };

    /// <summary>Like <see cref="Train"/> but without dropout: for comparing two implementations.</summary>
    public static ModePlan TrainWithoutChance(Graph graph) =>
        new(graph.Nodes.Select(n => OpServing.Of(n.Op) == Served.Removed ? NodeMode.Eval : NodeMode.Train));

    /// <summary>Everything before the classifier is frozen; the classifier is trained.</summary>
    /// <param name="dropping">Applies the graph's dropout to the classifier's input.</param>
    public static ModePlan FrozenBackbone(Graph graph, bool dropping = false) =>
        new(
            graph.Nodes.Select(n =>
                n == graph.Classifier || (dropping && OpServing.Of(n.Op) == Served.Removed && graph.Classifier.Inputs.Contains(n.Id))
                    ? NodeMode.Train
                    : NodeMode.Frozen
            )
        );
}
