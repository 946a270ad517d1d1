using System.Runtime.InteropServices;
using GpuGeek.Domain.Devices;
using GpuGeek.Training.Common;

namespace GpuGeek.Training.Devices;

/// <summary>What can train on this machine.</summary>
/// <param name="Class"><see cref="DeviceClass.Cpu"/> or <see cref="DeviceClass.Gpu"/>.</param>
/// <param name="Id">The driver's UUID of a GPU, which <c>CUDA_VISIBLE_DEVICES</c> takes; <c>cpu</c>.</param>
/// <param name="Model">As its maker names it.</param>
/// <param name="MemoryBytes">All of it; null: unknown.</param>
/// <param name="Driver">Version; null: it needs none.</param>
public sealed record MachineDevice(string Class, string Id, string Model, long? MemoryBytes, string? Driver)
{
    /// <summary>Asks the system and NVIDIA's driver, and loads nothing of libtorch.</summary>
    /// <returns>The GPUs in the driver's order, then the processor, which is always there.</returns>
    public static IReadOnlyList<MachineDevice> All()
    {
        using var nvml = Nvml.Open();
        return [.. nvml?.Devices() ?? [], Processor()];
    }

    /// <param name="root">Where the system's files are; another folder in tests.</param>
    internal static MachineDevice Processor(string root = "/") =>
        new(
            DeviceClass.Cpu,
            DeviceClass.Cpu,
            ModelOfProcessor(root) ?? $"{RuntimeInformation.ProcessArchitecture}",
            MachineMemory.Limit(root),
            null
        );

    private static string? ModelOfProcessor(string root)
    {
        var path = Path.Combine(root, "proc/cpuinfo");
        var line = File.Exists(path)
            ? File.ReadLines(path).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
