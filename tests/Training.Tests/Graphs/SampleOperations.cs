using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Graphs;

/// <summary>An operation in the smallest network that can have it.</summary>
/// <param name="InputShapes">Without the batch.</param>
/// <param name="Parameters">That are initialised.</param>
/// <param name="Folded">The operation as it is served, with the names of its inputs; empty if it is not.</param>
internal sealed record SampleOperation(
    Op Op,
    Node Node,
    long[][] InputShapes,
    ParameterSpec[] Parameters,
    GraphModule Module,
    (FoldedNode Node, string[] Inputs)[] Folded
)
{
    // The end is that of Swin's biases, which name their table and index after it.
    private const string Path = "op_bias";

    /// <param name="count">How often the operation reads the network's input.</param>
    public static SampleOperation Of(Op op, long[] input, int count)
    {
        var g = new GraphBuilder();
        var x = op is Input ? -1 : g.Add("input", new Input(input));
        g.Add("after", new Activation(ActivationKind.Relu), g.Add(Path, op, [.. Enumerable.Repeat(x, count)]));
        var graph = g.Build(x + 2, Path);
        var module = new GraphModule(graph, CPU);
        var node = graph.Classifier;
        return new(
            op,
            node,
            [.. node.Inputs.Select(i => graph.Nodes[i].Shape)],
            [.. graph.Parameters.Where(p => p.Kind != ParameterKind.Index)],
            module,
            [
                .. FoldedGraph
                    .From(module)
                    .Nodes.Where(n => n.Path == Path && n.Op is not Input)
                    .Select(n => (n, (string[])[.. n.Inputs.Select(i => $"x{i}"), .. n.Tensors.Select(t => t.Name)])),
            ]
        );
    }

    /// <summary>An operation that nobody knows: no graph can have it.</summary>
    public static SampleOperation Unknown(Op op)
    {
        long[] shape = [2, 4, 4];
        var other = Of(new Scale(1), shape, 1);
        return new(
            op,
            new Node(1, Path, op, [0], shape, 0),
            [shape],
            [new ParameterSpec($"{Path}.weight", [1], ParameterKind.Weight)],
            other.Module,
            [(new FoldedNode(Path, op, [0], shape, shape, []), ["x"])]
        );
    }
}

internal static class SampleOperations
{
    private static readonly long[] Map = [2, 4, 4];

    private static readonly (Op Op, long[] Input, int Count)[] Rows =
    [
        (new Input(Map), Map, 0),
        (new Conv(2, 3, 3, Padding: 1, Bias: true), Map, 1),
        (new BatchNorm(2), Map, 1),
        .. Enum.GetValues<ActivationKind>().Select(kind => ((Op)new Activation(kind), Map, 1)),
        (new MaxPool(2, 2, 0), Map, 1),
        (new AveragePool(2), Map, 1),
        (new AdaptiveAveragePool(1), Map, 1),
        (new AdaptiveAveragePool(3), Map, 1),
        (new GlobalAveragePool(), Map, 1),
        (new Add(), Map, 2),
        (new Multiply(), Map, 2),
        (new Concat(), Map, 2),
        (new Slice(1, 1), Map, 1),
        (new Reshape(8, 4), Map, 1),
        (new Transpose(1, 2, 0), Map, 1),
        (new MatMul(), Map, 2),
        (new Softmax(), Map, 1),
        (new Scale(2), Map, 1),
        (new Roll(1, 1), Map, 1),
        (new Pad(1, 2), Map, 1),
        (new Crop(1, 2), Map, 1),
        (new AddConstant([1, 2], [2, 1, 1]), Map, 1),
        (new LayerNorm(4, 1e-5), Map, 1),
        (new LayerScale(2, 1, 1), Map, 1),
        (new AddParameter(2, 4, 4), Map, 1),
        (new ClassToken(4), [3, 4], 1),
        (new RelativePositionBias(2, 3), [1, 3, 4, 4], 1),
        (new StochasticDepth(0.5), Map, 1),
        (new Dropout(0.5), Map, 1),
        .. Enum.GetValues<LinearInit>().Select(init => ((Op)new Linear(4, 3, init), Map, 1)),
        (new Linear(4, 3), [4], 1),
    ];

    public static IEnumerable<Type> Types => Rows.Select(row => row.Op.GetType()).Distinct();

    public static IEnumerable<SampleOperation> All() => Rows.Select(row => SampleOperation.Of(row.Op, row.Input, row.Count));
}
