namespace GpuGeek.Training.Graphs;

/// <param name="Id">Position in the order of execution.</param>
/// <param name="Path">Module path: parameters are named <c>Path.weight</c> and so on.</param>
/// <param name="Shape">Of the output, without the batch.</param>
/// <param name="Group">Layer group, from 0 at the input: used for layer-wise learning rates and partial freezing.</param>
internal sealed record Node(int Id, string Path, Op Op, int[] Inputs, long[] Shape, int Group);

/// <summary>A network as data: immutable, built for one input size by <see cref="GraphBuilder"/>. Modes, weights and devices belong to
/// the executor.</summary>
internal sealed class Graph
{
    public Graph(IReadOnlyList<Node> nodes, int output, string classifierPath, IReadOnlyList<int>? declaredOrder)
    {
        Nodes = nodes;
        Output = output;
        ClassifierPath = classifierPath;
        Classifier = nodes.Single(n => n.Path == classifierPath);
        Parameters = [.. Declared(declaredOrder).SelectMany(ParameterSpec.Of)];
    }

    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Id of the output node.</summary>
    public int Output { get; }

    /// <summary>Module path of the last trainable layer, which is replaced for other classes.</summary>
    public string ClassifierPath { get; }
    public Node Classifier { get; }

    /// <summary>The classifier is a 1×1 convolution with a ReLU, averaged over the picture (SqueezeNet), instead of a linear layer on
    /// pooled features.</summary>
    public bool RectifiesClassifier => Classifier.Op is Conv;

    /// <summary>Parameters and buffers in torchvision's order of declaration, which differs from the order of execution in some
    /// families.</summary>
    public IReadOnlyList<ParameterSpec> Parameters { get; }

    public long ParameterCount => Parameters.Where(p => p.IsLearnt).Sum(p => p.Count);

    /// <summary>For one input (<see cref="OpCost"/>).</summary>
    public long MultiplyAdds => Nodes.Sum(n => OpCost.Of(n.Op, n.Inputs.Length == 0 ? [] : Nodes[n.Inputs[0]].Shape, n.Shape));

    public bool IsHead(ParameterSpec parameter) => parameter.Name.StartsWith(ClassifierPath + ".", StringComparison.Ordinal);

    /// <summary>How often each node's value is read; the output counts once more.</summary>
    public int[] UseCounts()
    {
        var uses = new int[Nodes.Count];
        foreach (var input in Nodes.SelectMany(n => n.Inputs))
            uses[input]++;
        uses[Output]++;
        return uses;
    }

    private IEnumerable<Node> Declared(IReadOnlyList<int>? order) => order?.Select(id => Nodes[id]) ?? Nodes;
}
