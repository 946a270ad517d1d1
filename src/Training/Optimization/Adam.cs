using GpuGeek.Training.Common;
using GpuGeek.Training.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Optimization;

/// <summary>
/// Adam (Kingma and Ba 2015, arXiv:1412.6980) with decay in the gradient, or with decoupled decay: AdamW (Loshchilov and Hutter 2019,
/// arXiv:1711.05101). Step for step PyTorch's.
/// </summary>
/// <param name="decoupled">True: AdamW.</param>
internal sealed class Adam(
    GraphModule module,
    Decay decay,
    bool decoupled,
    double beta1 = 0.9,
    double beta2 = 0.999,
    double epsilon = Adam.Epsilon
) : FlatOptimizer(module, First, Second)
{
    public const double Epsilon = 1e-8;

    // Running means of the gradient and of its square.
    private const string First = "first",
        Second = "second";

    protected override void Update(FlatRange range, Tensor parameter, Tensor gradient, long step, double rate)
    {
        Tensor first = Memory(First, range),
            second = Memory(Second, range);
        var strength = decay.Of(range);
        // Held until the calls have returned: a number that is converted on the way may be finalised while libtorch still reads it.
        using Scalar kept = 1 - rate * strength,
            old1 = beta1,
            new1 = 1 - beta1,
            old2 = beta2,
            new2 = 1 - beta2,
            small = epsilon;
        using Scalar bias2 = Math.Sqrt(1 - Math.Pow(beta2, step)),
            change = -rate / (1 - Math.Pow(beta1, step));
        if (!decoupled)
            gradient = WithDecay(gradient, parameter, strength);
        else if (strength > 0)
            parameter.mul_(kept);
        first.mul_(old1).add_(gradient, new1);
        second.mul_(old2).addcmul_(gradient, gradient, new2);
        var denominator = second.sqrt().div_(bias2).PlusInPlace(small);
        parameter.addcdiv_(first, denominator, change);
    }
}
