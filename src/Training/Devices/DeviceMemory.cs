using System.Diagnostics;
using GpuGeek.Training.Common;

namespace GpuGeek.Training.Devices;

/// <summary>The memory that a training's tensors lie in.</summary>
internal abstract class DeviceMemory
{
    /// <summary>Bytes that the training may have; null: the system does not say.</summary>
    public abstract long? Limit { get; }

    /// <summary>Bytes that are taken now.</summary>
    public abstract long Used { get; }

    /// <summary>The most that this process has had.</summary>
    public abstract long Peak { get; }

    /// <param name="gpu">Null: the processor trains, or the driver does not speak of its GPU.</param>
    public static DeviceMemory Of(VisibleGpu? gpu) => gpu is null ? new OfMachine() : new OfDevice(gpu);

    private sealed class OfMachine : DeviceMemory
    {
        public override long? Limit { get; } = MachineMemory.Limit();
        public override long Used => Environment.WorkingSet;

        public override long Peak
        {
            get
            {
                using var process = Process.GetCurrentProcess();
                return process.PeakWorkingSet64;
            }
        }
    }

    /// <summary>libtorch keeps what it has had, so that what is used now is the most.</summary>
    private sealed class OfDevice(VisibleGpu gpu) : DeviceMemory
    {
        public override long? Limit => gpu.Device.MemoryBytes;
        public override long Used => gpu.Read()?.MemoryBytes ?? 0;
        public override long Peak => Used;
    }
}
