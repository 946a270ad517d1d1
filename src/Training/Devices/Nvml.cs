using System.Runtime.InteropServices;
using System.Text;
using GpuGeek.Domain.Devices;

namespace GpuGeek.Training.Devices;

/// <summary>What NVIDIA's driver says of a device at a moment.</summary>
/// <param name="Utilization">Share of the last moments in which it computed, 0..1.</param>
/// <param name="MemoryBytes">Taken by all processes.</param>
/// <param name="Watts">Null: the device does not say.</param>
/// <param name="Celsius">Null: the device does not say.</param>
internal sealed record DeviceReading(double Utilization, long MemoryBytes, double? Watts, double? Celsius);

/// <summary>
/// NVIDIA's management library (NVML API reference, docs.nvidia.com/deploy/nvml-api), which comes with the driver and needs no CUDA. Calls
/// may come from any thread, one at a time.
/// </summary>
internal sealed unsafe class Nvml : IDisposable
{
    private const string Library = "libnvidia-ml.so.1";

    private const int Success = 0,
        LongestText = 96,
        OfTheDie = 0;

    private readonly Func<string, nint> _export;
    private readonly delegate* unmanaged<nint, Utilization*, int> _utilization;
    private readonly delegate* unmanaged<nint, Memory*, int> _memory;
    private readonly delegate* unmanaged<nint, uint*, int> _power;
    private readonly delegate* unmanaged<nint, int, uint*, int> _temperature;

    private Nvml(Func<string, nint> export)
    {
        _export = export;
        _utilization = (delegate* unmanaged<nint, Utilization*, int>)export("nvmlDeviceGetUtilizationRates");
        _memory = (delegate* unmanaged<nint, Memory*, int>)export("nvmlDeviceGetMemoryInfo");
        _power = (delegate* unmanaged<nint, uint*, int>)export("nvmlDeviceGetPowerUsage");
        _temperature = (delegate* unmanaged<nint, int, uint*, int>)export("nvmlDeviceGetTemperature");
    }

    /// <returns>Null: this machine has no driver, or it does not answer.</returns>
    public static Nvml? Open() =>
        NativeLibrary.TryLoad(Library, out var library) ? Open(name => NativeLibrary.GetExport(library, name)) : null;

    /// <param name="export">Address of a function by its name.</param>
    /// <exception cref="EntryPointNotFoundException">The driver is older than 2013.</exception>
    internal static Nvml? Open(Func<string, nint> export) =>
        ((delegate* unmanaged<int>)export("nvmlInit_v2"))() == Success ? new(export) : null;

    public string Driver()
    {
        var text = stackalloc byte[LongestText];
        return ((delegate* unmanaged<byte*, uint, int>)_export("nvmlSystemGetDriverVersion"))(text, LongestText) == Success
            ? Text(text)
            : "unknown";
    }

    /// <summary>Every device of the machine; one that does not answer is left out.</summary>
    public IReadOnlyList<MachineDevice> Devices()
    {
        uint count;
        if (((delegate* unmanaged<uint*, int>)_export("nvmlDeviceGetCount_v2"))(&count) != Success)
            return [];
        var driver = Driver();
        List<MachineDevice> devices = [];
        for (uint i = 0; i < count; i++)
        {
            nint device;
            Memory memory;
            if (((delegate* unmanaged<uint, nint*, int>)_export("nvmlDeviceGetHandleByIndex_v2"))(i, &device) != Success)
                continue;
            if (TextOf("nvmlDeviceGetUUID", device) is { } id && TextOf("nvmlDeviceGetName", device) is { } model)
                if (_memory(device, &memory) == Success)
                    devices.Add(new(DeviceClass.Gpu, id, model, (long)memory.Total, driver));
        }
        return devices;
    }

    /// <param name="id">Of <see cref="MachineDevice.Id"/>.</param>
    /// <returns>Null: the device is gone, or does not answer.</returns>
    public DeviceReading? Read(string id)
    {
        nint device;
        fixed (byte* text = Encoding.ASCII.GetBytes(id + '\0'))
            if (((delegate* unmanaged<byte*, nint*, int>)_export("nvmlDeviceGetHandleByUUID"))(text, &device) != Success)
                return null;
        Utilization utilization;
        Memory memory;
        if (_utilization(device, &utilization) != Success || _memory(device, &memory) != Success)
            return null;
        uint milliwatts,
            celsius;
        return new(
            utilization.Gpu / 100.0,
            (long)memory.Used,
            _power(device, &milliwatts) == Success ? milliwatts / 1000.0 : null,
            _temperature(device, OfTheDie, &celsius) == Success ? celsius : null
        );
    }

    public void Dispose() => ((delegate* unmanaged<int>)_export("nvmlShutdown"))();

    private string? TextOf(string function, nint device)
    {
        var text = stackalloc byte[LongestText];
        return ((delegate* unmanaged<nint, byte*, uint, int>)_export(function))(device, text, LongestText) == Success ? Text(text) : null;
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    // nvmlUtilization_t, in percent.
    [StructLayout(LayoutKind.Sequential)]
    internal struct Utilization
    {
        public uint Gpu,
            Memory;
    }

    // nvmlMemory_t, in bytes.
    [StructLayout(LayoutKind.Sequential)]
    internal struct Memory
    {
        public ulong Total,
            Free,
            Used;
    }
}
