using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Optimization;

/// <summary>
/// Dynamic loss scaling (Micikevicius et al. 2018, arXiv:1710.03740), with the numbers of PyTorch's GradScaler: gradients of float16 would
/// vanish below 6e-8, so the loss is multiplied before the backward pass and the gradients divided after it. An infinite gradient halves
/// the factor, and the step changes nothing; 2,000 steps without one double it. Nothing is read back from the device.
/// </summary>
internal sealed class LossScaler : ITrainingState, IDisposable
{
    private const string Scale = "scale",
        Finite = "finite";

    private const double Growth = 2,
        Backoff = 0.5;

    private readonly Tensor _scale,
        _finite;

    private readonly int _interval;

    /// <param name="initial">The first factor.</param>
    /// <param name="interval">Steps with finite gradients before it doubles.</param>
    public LossScaler(Device device, double initial = 65536, int interval = 2000)
    {
        _interval = interval;
        using Scalar first = initial;
        _scale = zeros(1, dtype: ScalarType.Float32, device: device).fill_(first).DetachFromDisposeScope();
        _finite = zeros(1, dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
    }

    public string Name => "scaler";
    public long Bytes => 2 * sizeof(float);

    /// <summary>The loss that is propagated.</summary>
    public Tensor Scaled(Tensor loss) => loss * _scale.to(loss.dtype).squeeze();

    /// <summary>Divides a flat gradient in place.</summary>
    /// <returns>On the device: whether all of it is finite.</returns>
    public Tensor Unscale(Tensor gradient)
    {
        using var frozen = no_grad();
        gradient.mul_(_scale.reciprocal().to(gradient.dtype));
        // The sum is finite only if all are.
        return gradient.sum(ScalarType.Float64).isfinite();
    }

    /// <param name="isFinite">Of <see cref="Unscale"/>.</param>
    public void Update(Tensor isFinite)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using Scalar interval = _interval,
            growth = Growth,
            backoff = Backoff;
        var counted = _finite.Plus(ones_like(_finite));
        var grows = counted.ge(interval);
        _scale.copy_(where(isFinite, where(grows, _scale.mul(growth), _scale), _scale.mul(backoff)));
        _finite.copy_(where(isFinite.logical_and(grows.logical_not()), counted, zeros_like(counted)));
    }

    public IEnumerable<NamedTensor> Save(SnapshotMemory.Part memory) => [memory.Copy(Scale, _scale), memory.Copy(Finite, _finite)];

    public void Load(IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        TensorCopy.Restore(_scale, tensors, Scale, Name);
        TensorCopy.Restore(_finite, tensors, Finite, Name);
    }

    public void Dispose()
    {
        _scale.Dispose();
        _finite.Dispose();
    }
}
