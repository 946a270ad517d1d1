using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Optimization;

/// <param name="HeadRate">Rate of the classifier at this step.</param>
/// <param name="BackboneFactor">The backbone's rate as a share of it; 0 leaves the backbone untouched, also by decay.</param>
internal readonly record struct StepRates(double HeadRate, double BackboneFactor);

/// <summary>
/// Decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101), step for step PyTorch's AdamW, over the flat parameter vector.
/// Biases and normalisation layers are not decayed.
/// </summary>
internal sealed class AdamW(GraphModule module, double weightDecay, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) : IDisposable
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
            if (rate > 0 || range.IsHead) Update(range, rate);
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
        Tensor parameter = Part(module.Flat), gradient = Part(module.FlatGradient), first = Part(FirstMoment), second = Part(SecondMoment);
        if (range.Decays) parameter.mul_(1 - rate * weightDecay);
        first.mul_(beta1).add_(gradient, 1 - beta1);
        second.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        var denominator = second.sqrt().div_(Math.Sqrt(1 - Math.Pow(beta2, Steps))).add_(epsilon);
        parameter.addcdiv_(first, denominator, -rate / (1 - Math.Pow(beta1, Steps)));
    }
}
