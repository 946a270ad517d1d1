using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Optimization;

/// <summary>
/// Decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101), step for step PyTorch's AdamW, over the flat parameter vector.
/// Biases and normalisation layers are not decayed.
/// </summary>
internal sealed class AdamW(GraphModule module, double weightDecay, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
    : IOptimizer
{
    private const string First = "first",
        Second = "second";

    /// <summary>Running mean of the gradient, in the flat layout.</summary>
    private readonly Tensor _first = zeros(module.Layout.Length, device: module.Device).DetachFromDisposeScope();

    /// <summary>Running mean of its square.</summary>
    private readonly Tensor _second = zeros(module.Layout.Length, device: module.Device).DetachFromDisposeScope();

    public string Name => "optimizer";
    public long Bytes => 2 * module.Layout.Length * sizeof(float);

    public void ZeroGradients() => module.FlatGradient.zero_();

    public void Step(long step, StepRates rates)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var range in module.Layout.Ranges)
        {
            var rate = range.IsHead ? rates.HeadRate : rates.HeadRate * rates.BackboneFactor;
            if (rate > 0 || range.IsHead)
                Update(range, step, rate);
        }
    }

    public IEnumerable<NamedTensor> Save() => [Copy(First, _first), Copy(Second, _second)];

    public void Load(IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        Restore(_first, tensors, First);
        Restore(_second, tensors, Second);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    private void Update(FlatRange range, long step, double rate)
    {
        Tensor Part(Tensor flat) => flat.narrow(0, range.Offset, range.Length);
        Tensor parameter = Part(module.Flat),
            gradient = Part(module.FlatGradient),
            first = Part(_first),
            second = Part(_second);
        // Held until the calls have returned: a number that is converted on the way may be finalised while libtorch still reads it.
        using Scalar decay = 1 - rate * weightDecay,
            old1 = beta1,
            new1 = 1 - beta1,
            old2 = beta2,
            new2 = 1 - beta2,
            small = epsilon;
        using Scalar bias2 = Math.Sqrt(1 - Math.Pow(beta2, step)),
            change = -rate / (1 - Math.Pow(beta1, step));
        if (range.Decays)
            parameter.mul_(decay);
        first.mul_(old1).add_(gradient, new1);
        second.mul_(old2).addcmul_(gradient, gradient, new2);
        var denominator = second.sqrt().div_(bias2).add_(small);
        parameter.addcdiv_(first, denominator, change);
    }

    private static NamedTensor Copy(string name, Tensor flat)
    {
        using var scope = NewDisposeScope();
        return new NamedTensor(name, flat.shape, [.. flat.cpu().data<float>()]);
    }

    private static void Restore(Tensor flat, IReadOnlyDictionary<string, NamedTensor> tensors, string name)
    {
        if (!tensors.TryGetValue(name, out var kept) || kept.Values.LongLength != flat.numel())
            throw new InvalidDataException("A checkpoint's optimiser is not one of the network that is trained.");
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        flat.copy_(tensor(kept.Values, device: CPU));
    }
}
