using static TorchSharp.torch;

namespace GpuGeek.Training.Graphs;

/// <summary>The TorchSharp back end: one arm per operation.</summary>
internal static class TorchOps
{
    public static Tensor Run(Node node, Func<int, Tensor> input, Tensor network, GraphModule module, NodeMode mode) => node.Op switch
    {
        Input => network.alias(),
        Conv c => nn.functional.conv2d(input(0), module[$"{node.Path}.weight"], c.Bias ? module[$"{node.Path}.bias"] : null, [c.Stride, c.Stride], [c.Padding, c.Padding], [1, 1], c.Groups),
        BatchNorm b => Normalise(node, b, input(0), module, mode == NodeMode.Train),
        Activation { Kind: ActivationKind.Relu } => input(0).relu(),
        // Not hardtanh: TorchSharp's works in place and answers its input.
        Activation { Kind: ActivationKind.Relu6 } => input(0).clamp(0, 6),
        MaxPool m => nn.functional.max_pool2d(input(0), [m.Kernel, m.Kernel], [m.Stride, m.Stride], [m.Padding, m.Padding]),
        GlobalAveragePool => input(0).mean([2, 3]),
        Add => input(0) + input(1),
        Dropout d when mode == NodeMode.Train => nn.functional.dropout(input(0), d.Probability, true),
        Dropout => input(0).alias(),
        Linear => nn.functional.linear(input(0), module[$"{node.Path}.weight"], module[$"{node.Path}.bias"]),
        _ => throw new NotSupportedException($"TorchSharp does not run {node.Op.GetType().Name} yet."),
    };

    private static Tensor Normalise(Node node, BatchNorm b, Tensor x, GraphModule module, bool train)
    {
        if (train)
            // add_ answers the very same object: disposing it would dispose the counter.
            using (no_grad())
                module[$"{node.Path}.num_batches_tracked"].add_(1);
        return nn.functional.batch_norm(x, module[$"{node.Path}.running_mean"], module[$"{node.Path}.running_var"],
            module[$"{node.Path}.weight"], module[$"{node.Path}.bias"], train, b.Momentum, b.Epsilon);
    }
}
