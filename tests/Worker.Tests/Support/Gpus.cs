using GpuGeek.Domain.Devices;
using GpuGeek.Training.Devices;
using GpuGeek.Worker.Devices;

namespace GpuGeek.Worker.Tests.Support;

/// <summary>GPUs that the machine of the tests does not have.</summary>
internal static class Gpus
{
    public const string Model = "NVIDIA A100-SXM4-40GB",
        Driver = "550.54.15";

    public const long Memory = 40L << 30;

    public static Action<WorkerOptions> Use(int count, string backend = TorchBuild.Cuda) =>
        options =>
        {
            options.TorchBackend = backend;
            var processor = MachineDevice.All()[^1];
            options.Machine = () =>
                [
                    .. Enumerable.Range(0, count).Select(i => new MachineDevice(DeviceClass.Gpu, $"GPU-{i}", Model, Memory, Driver)),
                    processor,
                ];
        };
}
