using static TorchSharp.torch;

namespace GpuGeek.Training.Examples;

/// <summary>A batch on the device of the run.</summary>
/// <param name="Inputs">N × the source's input shape, float32; pictures are channels-last.</param>
/// <param name="Labels">N, int64.</param>
internal readonly record struct BatchTensors(Tensor Inputs, Tensor Labels)
{
    /// <param name="type">What the inputs are converted to.</param>
    public static BatchTensors Of(Batch batch, long[] inputShape, Device device, ScalarType type = ScalarType.Float32) =>
        new(InputsOf(batch, inputShape, device).to(type), tensor(batch.Labels, device: device));

    public static Tensor InputsOf(Batch batch, long[] inputShape, Device device)
    {
        var x = tensor(batch.Inputs, [batch.Labels.Length, .. inputShape], device: device);
        // A copy in both cases: the tensor lies in the managed array, at any address, and the last bits of a matrix product depend on the
        // alignment of its factors.
        return inputShape.Length == 3 ? x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : x.clone();
    }
}
