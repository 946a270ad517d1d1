namespace GpuGeek.Training.Graphs;

internal enum ParameterKind
{
    /// <summary>Learnt by the optimizer; weight decay applies.</summary>
    Weight,
    /// <summary>Learnt, without weight decay: biases and the scale of a normalisation.</summary>
    Undecayed,
    /// <summary>A running statistic.</summary>
    Buffer,
    /// <summary>int64: batches seen by a batch norm.</summary>
    Counter,
}

/// <param name="Name">torchvision's state-dict key.</param>
internal sealed record ParameterSpec(string Name, long[] Shape, ParameterKind Kind)
{
    public long Count => Shape.Aggregate(1L, (a, b) => a * b);
    public bool IsLearnt => Kind is ParameterKind.Weight or ParameterKind.Undecayed;

    public static IEnumerable<ParameterSpec> Of(Node node) => node.Op switch
    {
        Conv { Bias: true } c => [ConvWeight(node, c), new($"{node.Path}.bias", [c.Out], ParameterKind.Undecayed)],
        Conv c => [ConvWeight(node, c)],
        Linear l => [new($"{node.Path}.weight", [l.Out, l.In], ParameterKind.Weight), new($"{node.Path}.bias", [l.Out], ParameterKind.Undecayed)],
        BatchNorm b =>
        [
            new($"{node.Path}.weight", [b.Channels], ParameterKind.Undecayed), new($"{node.Path}.bias", [b.Channels], ParameterKind.Undecayed),
            new($"{node.Path}.running_mean", [b.Channels], ParameterKind.Buffer), new($"{node.Path}.running_var", [b.Channels], ParameterKind.Buffer),
            new($"{node.Path}.num_batches_tracked", [], ParameterKind.Counter),
        ],
        _ => [],
    };

    private static ParameterSpec ConvWeight(Node node, Conv c) =>
        new($"{node.Path}.weight", [c.Out, c.In / c.Groups, c.Kernel, c.Kernel], ParameterKind.Weight);
}
