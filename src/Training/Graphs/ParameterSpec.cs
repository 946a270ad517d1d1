namespace GpuGeek.Training.Graphs;

internal enum ParameterKind
{
    /// <summary>Trained by the optimizer, with weight decay.</summary>
    Weight,

    /// <summary>Trained without weight decay: biases and the scale of a normalisation.</summary>
    Undecayed,

    /// <summary>A running statistic.</summary>
    Buffer,

    /// <summary>int64: batches seen by a batch norm.</summary>
    Counter,

    /// <summary>int64, the same in every network: the index of Swin's position biases.</summary>
    Index,
}

/// <param name="Name">torchvision's state-dict key.</param>
internal sealed record ParameterSpec(string Name, long[] Shape, ParameterKind Kind)
{
    public long Count => Shape.Aggregate(1L, (a, b) => a * b);
    public bool IsLearnt => Kind is ParameterKind.Weight or ParameterKind.Undecayed;

    public static IEnumerable<ParameterSpec> Of(Node node) =>
        node.Op switch
        {
            Conv { Bias: true } c => [ConvWeight(node, c), new($"{node.Path}.bias", [c.Out], ParameterKind.Undecayed)],
            Conv c => [ConvWeight(node, c)],
            Linear { Bias: true } l => [LinearWeight(node, l), new($"{node.Path}{l.Joint}bias", [l.Out], ParameterKind.Undecayed)],
            Linear l => [LinearWeight(node, l)],
            LayerNorm n =>
            [
                new($"{node.Path}.weight", [n.Width], ParameterKind.Undecayed),
                new($"{node.Path}.bias", [n.Width], ParameterKind.Undecayed),
            ],
            LayerScale s => [new(node.Path, s.Shape, ParameterKind.Undecayed)],
            AddParameter s => [new(node.Path, [1, .. s.Shape], ParameterKind.Undecayed)],
            ClassToken t => [new(node.Path, [1, 1, t.Width], ParameterKind.Undecayed)],
            RelativePositionBias r =>
            [
                new($"{node.Path}_table", [(2L * r.Side - 1) * (2 * r.Side - 1), r.Heads], ParameterKind.Undecayed),
                new($"{node.Path[..^"bias".Length]}index", [(long)r.Side * r.Side * r.Side * r.Side], ParameterKind.Index),
            ],
            BatchNorm b =>
            [
                new($"{node.Path}.weight", [b.Channels], ParameterKind.Undecayed),
                new($"{node.Path}.bias", [b.Channels], ParameterKind.Undecayed),
                new($"{node.Path}.running_mean", [b.Channels], ParameterKind.Buffer),
                new($"{node.Path}.running_var", [b.Channels], ParameterKind.Buffer),
                new($"{node.Path}.num_batches_tracked", [], ParameterKind.Counter),
            ],
            Input or Activation or Softmax or MatMul or Dropout or StochasticDepth => [],
            MaxPool or AveragePool or AdaptiveAveragePool or GlobalAveragePool => [],
            Add or AddConstant or Multiply or Scale => [],
            Concat or Slice or Reshape or Transpose or Roll or Pad or Crop => [],
            _ => throw node.Op.NotKnownTo(nameof(ParameterSpec)),
        };

    private static ParameterSpec LinearWeight(Node node, Linear l) =>
        new($"{node.Path}{l.Joint}weight", [l.Out, l.In], ParameterKind.Weight);

    private static ParameterSpec ConvWeight(Node node, Conv c) =>
        new($"{node.Path}.weight", [c.Out, c.In / c.Groups, c.Kernel, c.Kernel], ParameterKind.Weight);
}
