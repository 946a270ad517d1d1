using System.Diagnostics;
using GpuGeek.Training.Common;

namespace GpuGeek.Training.Devices;

/// <summary>The memory that a training's tensors lie in.</summary>
internal abstract class DeviceMemory : IDisposable
{
    /// <summary>Bytes that the training may have; null: the system does not say.</summary>
    public abstract long? Limit { get; }

    /// <summary>Bytes that are taken now.</summary>
    public abstract long Used { get; }

    /// <summary>The most that this process has had.</summary>
    public abstract long Peak { get; }

    /// <summary>As a message names it.</summary>
    public abstract string Owner { get; }

    public static DeviceMemory OfProcessor() => new OfMachine();

    /// <returns>Null: the driver does not answer.</returns>
    public static DeviceMemory? OfGpu() => VisibleGpu.Open() is { } gpu ? new OfDevice(gpu) : null;

    public virtual void Dispose() { }

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

        public override string Owner => "this machine";
    }

    /// <summary>libtorch keeps what it has had, so that what is used now is the most.</summary>
    private sealed class OfDevice(VisibleGpu gpu) : DeviceMemory
    {
        public override long? Limit => gpu.Device.MemoryBytes;
        public override long Used => gpu.Read()?.MemoryBytes ?? 0;
        public override long Peak => Used;
        public override string Owner => $"the {gpu.Device.Model}";

        public override void Dispose()
        {
            base.Dispose();
            gpu.Dispose();
        }
    }
}
