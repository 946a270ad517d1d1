using GpuGeek.Training.Common;
using GpuGeek.Training.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Optimization;

/// <summary>RMSprop (Hinton 2012, lecture 6e), as PyTorch's: the root is taken before epsilon is added.</summary>
/// <param name="smoothing">Share of the former mean of squares that is kept: PyTorch's alpha.</param>
/// <param name="momentum">Share of the former direction that is kept; 0: none is remembered.</param>
internal sealed class RmsProp(GraphModule module, Decay decay, double smoothing, double momentum, double epsilon)
    : FlatOptimizer(module, momentum > 0 ? [Square, Direction] : [Square])
{
    private const string Square = "square",
        Direction = "direction";

    protected override void Update(FlatRange range, Tensor parameter, Tensor gradient, long step, double rate)
    {
        gradient = WithDecay(gradient, parameter, decay.Of(range));
        using Scalar old = smoothing,
            fresh = 1 - smoothing,
            small = epsilon,
            kept = momentum,
            one = 1,
            change = -rate;
        var denominator = Memory(Square, range).mul_(old).addcmul_(gradient, gradient, fresh).sqrt().PlusInPlace(small);
        if (momentum > 0)
            parameter.add_(Memory(Direction, range).mul_(kept).addcdiv_(gradient, denominator, one), change);
        else
            parameter.addcdiv_(gradient, denominator, change);
    }
}
