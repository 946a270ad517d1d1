using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <summary>The device that a run was given.</summary>
internal static class RunDevice
{
    public static bool IsGpu(Device device) => device.type == DeviceType.CUDA;

    /// <exception cref="TrainingFailedException"><c>device_missing</c>; <c>float16_needs_gpu</c>.</exception>
    public static Device Of(RunSpec spec)
    {
        if (spec.Device == RunSpec.Cuda)
            return cuda.is_available() ? new Device(DeviceType.CUDA, 0) : throw Missing();
        if (spec.Recipe is { Compute.Precision: ComputeSettings.Float16, Transfer.FreezesBackbone: false })
            throw new TrainingFailedException(
                "float16_needs_gpu",
                "float16 needs a GPU",
                "The recipe trains in float16, for which processors have no instructions: it would take hundreds of times as long.",
                "Set compute.precision to bfloat16 or float32, or start the run on a GPU."
            );
        return CPU;
    }

    private static TrainingFailedException Missing() =>
        new(
            "device_missing",
            "The GPU cannot be used",
            "The run was given a GPU, and libtorch does not find one.",
            "Run `GpuGeek.Worker doctor` on the worker's machine: it says whether the driver answers and whether libtorch is CUDA's."
        );
}
