using GpuGeek.Training.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Optimization;

/// <param name="HeadRate">Rate of the classifier at this step.</param>
/// <param name="BackboneFactor">The backbone's rate as a share of it; 0 leaves the backbone untouched, also by decay.</param>
internal readonly record struct StepRates(double HeadRate, double BackboneFactor);

/// <summary>
/// Decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101), step for step PyTorch's AdamW, over the flat parameter vector.
/// Biases and normalisation layers are not decayed.
/// </summary>
internal sealed class AdamW(GraphModule module, double weightDecay, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
    : IDisposable
{
    /// <summary>Running mean of the gradient, in the flat layout.</summary>
    public Tensor FirstMoment { get; } = zeros(module.Layout.Length).DetachFromDisposeScope();

    /// <summary>Running mean of its square.</summary>
    public Tensor SecondMoment { get; } = zeros(module.Layout.Length).DetachFromDisposeScope();

    /// <summary>Steps done.</summary>
    public long Steps { get; set; }

    public void ZeroGradients() => module.FlatGradient.zero_();

    public void Step(StepRates rates)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Steps++;
        foreach (var range in module.Layout.Ranges)
        {
            var rate = range.IsHead ? rates.HeadRate : rates.HeadRate * rates.BackboneFactor;
            if (rate > 0 || range.IsHead)
                Update(range, rate);
        }
    }

    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }

    private void Update(FlatRange range, double rate)
    {
        Tensor Part(Tensor flat) => flat.narrow(0, range.Offset, range.Length);
        Tensor parameter = Part(module.Flat),
            gradient = Part(module.FlatGradient),
            first = Part(FirstMoment),
            second = Part(SecondMoment);
        // Held until the calls have returned: a number that is converted on the way may be finalised while libtorch still reads it.
        using Scalar decay = 1 - rate * weightDecay,
            old1 = beta1,
            new1 = 1 - beta1,
            old2 = beta2,
            new2 = 1 - beta2,
            small = epsilon;
        using Scalar bias2 = Math.Sqrt(1 - Math.Pow(beta2, Steps)),
            step = -rate / (1 - Math.Pow(beta1, Steps));
        if (range.Decays)
            parameter.mul_(decay);
        first.mul_(old1).add_(gradient, new1);
        second.mul_(old2).addcmul_(gradient, gradient, new2);
        var denominator = second.sqrt().div_(bias2).add_(small);
        parameter.addcdiv_(first, denominator, step);
    }
}
