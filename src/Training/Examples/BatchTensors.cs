using GpuGeek.Training.Common;
using static TorchSharp.torch;

namespace GpuGeek.Training.Examples;

/// <summary>A batch on the device of the run.</summary>
/// <param name="Inputs">N × the source's input shape, float32; pictures are channels-last.</param>
/// <param name="Labels">N, int64.</param>
/// <param name="Mixed">What was mixed into the inputs; null: nothing.</param>
internal readonly record struct BatchTensors(Tensor Inputs, Tensor Labels, MixedTensors? Mixed = null)
{
    /// <param name="type">What the inputs are converted to.</param>
    public static BatchTensors Of(Batch batch, long[] inputShape, Device device, ScalarType type = ScalarType.Float32) =>
        new(
            InputsOf(batch, inputShape, device).to(type),
            Sent(tensor(batch.Labels, device: CPU), device),
            batch.Mixed is { } mixed
                ? new(
                    Sent(tensor(mixed.Others, device: CPU), device),
                    Sent(tensor(mixed.Shares, [mixed.Shares.Length, 1], device: CPU), device).to(type)
                )
                : null
        );

    /// <summary>N × classes, each row with the sum 1: the label, or both labels of a mixed example.</summary>
    public Tensor Targets(long classes, ScalarType type)
    {
        var own = nn.functional.one_hot(Labels, classes).to(type);
        return Mixed is { } mixed
            ? (own * mixed.Shares).Plus(nn.functional.one_hot(mixed.Others, classes).to(type) * mixed.Shares.Complement())
            : own;
    }

    public static Tensor InputsOf(Batch batch, long[] inputShape, Device device)
    {
        var x = Sent(tensor(batch.Inputs, [batch.Labels.Length, .. batch.Shape ?? inputShape], device: CPU), device);
        // A copy in both cases: the tensor lies in the managed array, at any address, and the last bits of a matrix product depend on the
        // alignment of its factors.
        return inputShape.Length == 3 ? x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : x.clone();
    }

    /// <summary>From pinned memory the device takes the numbers itself, after what it was asked before: nobody waits for it. libtorch keeps
    /// the pinned memory until they have arrived.</summary>
    private static Tensor Sent(Tensor onCpu, Device device) =>
        device.type == TorchSharp.DeviceType.CPU ? onCpu : onCpu.pin_memory().to(device, non_blocking: true);
}

/// <param name="Others">N, int64.</param>
/// <param name="Shares">N × 1, in the inputs' data type.</param>
internal readonly record struct MixedTensors(Tensor Others, Tensor Shares);
