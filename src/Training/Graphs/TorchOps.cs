using GpuGeek.Training.Common;
using static TorchSharp.torch;

namespace GpuGeek.Training.Graphs;

/// <summary>The TorchSharp back end: one arm per operation.</summary>
internal static class TorchOps
{
    // Kept, see Numbers.
    private static readonly TorchSharp.Scalar One = 1;

    public static Tensor Run(Node node, Func<int, Tensor> input, Tensor network, GraphModule module, ModePlan plan, Chance chance) =>
        node.Op switch
        {
            Input => network.alias(),
            Conv c => nn.functional.conv2d(
                input(0),
                module[$"{node.Path}.weight"],
                c.Bias ? module[$"{node.Path}.bias"] : null,
                [c.Stride, c.Stride],
                [c.Padding, c.Padding],
                [1, 1],
                c.Groups
            ),
            BatchNorm b => Normalise(node, b, input(0), module, plan),
            Activation { Kind: ActivationKind.Relu } => input(0).relu(),
            // Not hardtanh: TorchSharp's works in place and returns its input. Not clamp: its backward pass is many times slower.
            Activation { Kind: ActivationKind.Relu6 } => nn.functional.relu6(input(0)),
            Activation a => Activate(a.Kind, input(0)),
            MaxPool m => nn.functional.max_pool2d(
                input(0),
                [m.Kernel, m.Kernel],
                [m.Stride, m.Stride],
                [m.Padding, m.Padding],
                null,
                m.Ceiling
            ),
            AveragePool a => nn.functional.avg_pool2d(input(0), [a.Kernel, a.Kernel]),
            AdaptiveAveragePool { Side: 1 } => input(0).mean([2, 3], keepdim: true),
            AdaptiveAveragePool a => nn.functional.adaptive_avg_pool2d(input(0), [a.Side, a.Side]),
            GlobalAveragePool => input(0).mean([2, 3]),
            Add => input(0).Plus(input(1)),
            Multiply => input(0) * input(1),
            Concat => cat([.. node.Inputs.Select((_, i) => input(i))], 1),
            Slice s => input(0).narrow(1, s.Start, s.Length),
            Reshape r => input(0).reshape([input(0).shape[0], .. r.Shape]),
            Transpose t => input(0).permute([0, .. t.Order.Select(d => d + 1L)]),
            MatMul => Product(input(0), input(1)),
            Softmax => input(0).softmax(-1),
            Scale t => input(0).Times(t.Factor),
            Roll r => input(0).roll([r.Down, r.Right], [1, 2]),
            Pad p => nn.functional.pad(input(0), [0, 0, 0, p.Right, 0, p.Below]),
            Crop c => Cropped(input(0), c),
            AddConstant => input(0).Plus(module.Constant(node)),
            LayerNorm n => nn.functional.layer_norm(
                input(0),
                [n.Width],
                module[$"{node.Path}.weight"],
                module[$"{node.Path}.bias"],
                n.Epsilon
            ),
            LayerScale => input(0) * module[node.Path],
            AddParameter => input(0).Plus(module[node.Path]),
            ClassToken t => Prepended(input(0), module[node.Path], t),
            RelativePositionBias r => Biased(input(0), node, r, module),
            StochasticDepth d when plan[node] == NodeMode.Train => Masked(input(0), node, d.Probability, ofRows: true, chance),
            StochasticDepth => input(0).alias(),
            Dropout d when plan[node] == NodeMode.Train => Masked(input(0), node, d.Probability, ofRows: false, chance),
            Dropout => input(0).alias(),
            Linear l => nn.functional.linear(
                input(0),
                module[$"{node.Path}{l.Joint}weight"],
                l.Bias ? module[$"{node.Path}{l.Joint}bias"] : null
            ),
            _ => throw node.Op.NotKnownTo(nameof(TorchOps)),
        };

    private static Tensor Activate(ActivationKind kind, Tensor x) =>
        kind switch
        {
            ActivationKind.HardSwish => nn.functional.hardswish(x),
            ActivationKind.HardSigmoid => nn.functional.hardsigmoid(x),
            ActivationKind.Silu => nn.functional.silu(x),
            ActivationKind.Sigmoid => x.sigmoid(),
            ActivationKind.Gelu => nn.functional.gelu(x),
            _ => throw new NotSupportedException($"The TorchSharp back end does not support {kind}."),
        };

    private static Tensor Prepended(Tensor rows, Tensor token, ClassToken t)
    {
        using var each = token.expand(rows.shape[0], 1, t.Width);
        return cat([each, rows], 1);
    }

    private static Tensor Cropped(Tensor x, Crop c)
    {
        using var rows = x.narrow(1, 0, c.Height);
        return rows.narrow(2, 0, c.Width);
    }

    private static Tensor Biased(Tensor x, Node node, RelativePositionBias r, GraphModule module)
    {
        var area = r.Side * r.Side;
        using var each = module[$"{node.Path}_table"].index_select(0, module[$"{node.Path[..^"bias".Length]}index"]);
        using var square = each.view(area, area, r.Heads);
        using var heads = square.permute(2, 0, 1);
        return x.Plus(heads);
    }

    private static Tensor Masked(Tensor x, Node node, double probability, bool ofRows, Chance chance)
    {
        if (probability == 0)
            return x.alias();
        using var mask = chance.Mask(node, ofRows ? [x.shape[0], .. Enumerable.Repeat(1L, (int)x.dim() - 1)] : x.shape, probability, x);
        return x * mask;
    }

    /// <summary>Of the last two dimensions, as matmul's, with the same bits: that ends the process where memory runs out, instead of
    /// throwing.</summary>
    /// <param name="left">… × rows × inner.</param>
    /// <param name="right">… × inner × columns, with the same dimensions before.</param>
    internal static Tensor Product(Tensor left, Tensor right)
    {
        using var scope = NewDisposeScope();
        long[] whole = [.. left.shape[..^1], right.shape[^1]];
        var product = left.reshape(-1, left.shape[^2], left.shape[^1]).bmm(right.reshape(-1, right.shape[^2], right.shape[^1]));
        return product.view(whole).MoveToOuterDisposeScope();
    }

    private static Tensor Normalise(Node node, BatchNorm b, Tensor x, GraphModule module, ModePlan plan)
    {
        var train = plan[node] == NodeMode.Train;
        if (train)
            // add_ returns the same object: disposing it would dispose the counter.
            using (no_grad())
                module[$"{node.Path}.num_batches_tracked"].PlusInPlace(One);
        return nn.functional.batch_norm(
            x,
            module[$"{node.Path}.running_mean"],
            module[$"{node.Path}.running_var"],
            module[$"{node.Path}.weight"],
            module[$"{node.Path}.bias"],
            train,
            plan.Momentum ?? b.Momentum,
            b.Epsilon
        );
    }
}
