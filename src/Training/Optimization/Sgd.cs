using GpuGeek.Training.Common;
using GpuGeek.Training.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Optimization;

/// <summary>Gradient descent with momentum (Sutskever et al. 2013, PMLR 28), as PyTorch's <c>SGD</c> without dampening.</summary>
/// <param name="momentum">Share of the former direction that is kept; 0: none is remembered.</param>
/// <param name="nesterov">Looks ahead along the direction (Nesterov 1983).</param>
internal sealed class Sgd(GraphModule module, Decay decay, double momentum, bool nesterov)
    : FlatOptimizer(module, momentum > 0 ? [Direction] : [])
{
    private const string Direction = "direction";

    protected override void Update(FlatRange range, Tensor parameter, Tensor gradient, long step, double rate)
    {
        gradient = WithDecay(gradient, parameter, decay.Of(range));
        using Scalar kept = momentum,
            change = -rate;
        if (momentum > 0)
        {
            var direction = Memory(Direction, range).mul_(kept).PlusInPlace(gradient);
            gradient = nesterov ? gradient.add(direction, kept) : direction;
        }
        parameter.add_(gradient, change);
    }
}
