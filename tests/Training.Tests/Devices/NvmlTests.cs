using System.Runtime.InteropServices;
using System.Text;
using GpuGeek.Domain.Devices;
using GpuGeek.Training.Devices;

namespace GpuGeek.Training.Tests.Devices;

/// <summary>A driver of functions with C's calling convention, of two devices: the second does not say its power.</summary>
internal static unsafe class FakeNvml
{
    private const int NotFound = 6,
        NotSupported = 3,
        TooSmall = 7;

    public static bool Answers { get; set; } = true;
    public static int Opened { get; private set; }

    public static nint Export(string name) =>
        name switch
        {
            "nvmlInit_v2" => (nint)(delegate* unmanaged<int>)&Init,
            "nvmlShutdown" => (nint)(delegate* unmanaged<int>)&Shutdown,
            "nvmlSystemGetDriverVersion" => (nint)(delegate* unmanaged<byte*, uint, int>)&Driver,
            "nvmlDeviceGetCount_v2" => (nint)(delegate* unmanaged<uint*, int>)&Count,
            "nvmlDeviceGetHandleByIndex_v2" => (nint)(delegate* unmanaged<uint, nint*, int>)&ByIndex,
            "nvmlDeviceGetHandleByUUID" => (nint)(delegate* unmanaged<byte*, nint*, int>)&ByUuid,
            "nvmlDeviceGetUUID" => (nint)(delegate* unmanaged<nint, byte*, uint, int>)&Uuid,
            "nvmlDeviceGetName" => (nint)(delegate* unmanaged<nint, byte*, uint, int>)&Name,
            "nvmlDeviceGetMemoryInfo" => (nint)(delegate* unmanaged<nint, Nvml.Memory*, int>)&Memory,
            "nvmlDeviceGetUtilizationRates" => (nint)(delegate* unmanaged<nint, Nvml.Utilization*, int>)&Rates,
            "nvmlDeviceGetPowerUsage" => (nint)(delegate* unmanaged<nint, uint*, int>)&Power,
            "nvmlDeviceGetTemperature" => (nint)(delegate* unmanaged<nint, int, uint*, int>)&Temperature,
            _ => throw new EntryPointNotFoundException(name),
        };

    private static int Write(string text, byte* to, uint length)
    {
        var bytes = Encoding.UTF8.GetBytes(text + '\0');
        if (bytes.Length > length)
            return TooSmall;
        bytes.CopyTo(new Span<byte>(to, (int)length));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Init()
    {
        Opened += Answers ? 1 : 0;
        return Answers ? 0 : NotFound;
    }

    [UnmanagedCallersOnly]
    private static int Shutdown()
    {
        Opened--;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Driver(byte* text, uint length) => Write("570.86.15", text, length);

    [UnmanagedCallersOnly]
    private static int Count(uint* count)
    {
        *count = 3;
        return 0;
    }

    /// <summary>Devices are their numbers from 1; the third has fallen off the bus.</summary>
    [UnmanagedCallersOnly]
    private static int ByIndex(uint index, nint* device)
    {
        *device = (nint)index + 1;
        return index < 2 ? 0 : NotFound;
    }

    [UnmanagedCallersOnly]
    private static int ByUuid(byte* id, nint* device)
    {
        var text = Marshal.PtrToStringUTF8((nint)id)!;
        *device = text == "GPU-1" ? 1 : 2;
        return text is "GPU-1" or "GPU-2" ? 0 : NotFound;
    }

    [UnmanagedCallersOnly]
    private static int Uuid(nint device, byte* text, uint length) => Write($"GPU-{device}", text, length);

    [UnmanagedCallersOnly]
    private static int Name(nint device, byte* text, uint length) =>
        Write(device == 1 ? "NVIDIA A100-SXM4-80GB" : "Tesla T4", text, length);

    [UnmanagedCallersOnly]
    private static int Memory(nint device, Nvml.Memory* memory)
    {
        *memory = new()
        {
            Total = 80UL << 30,
            Free = 79UL << 30,
            Used = 1UL << 30,
        };
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Rates(nint device, Nvml.Utilization* rates)
    {
        *rates = new() { Gpu = 93, Memory = 41 };
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Power(nint device, uint* milliwatts)
    {
        *milliwatts = 312_500;
        return device == 1 ? 0 : NotSupported;
    }

    [UnmanagedCallersOnly]
    private static int Temperature(nint device, int sensor, uint* celsius)
    {
        *celsius = 61;
        return sensor == 0 ? 0 : NotSupported;
    }
}

public sealed class NvidiasDriver
{
    [Fact]
    public void Names_the_devices_that_answer()
    {
        using var nvml = Nvml.Open(FakeNvml.Export);
        Assert.Equal(
            [
                new(DeviceClass.Gpu, "GPU-1", "NVIDIA A100-SXM4-80GB", 80L << 30, "570.86.15"),
                new(DeviceClass.Gpu, "GPU-2", "Tesla T4", 80L << 30, "570.86.15"),
            ],
            nvml!.Devices()
        );
    }

    [Fact]
    public void Says_how_busy_a_device_is_and_leaves_out_what_it_cannot_say()
    {
        using var nvml = Nvml.Open(FakeNvml.Export);
        Assert.Equal(new(0.93, 1L << 30, 312.5, 61), nvml!.Read("GPU-1"));
        Assert.Equal(new(0.93, 1L << 30, null, 61), nvml.Read("GPU-2"));
        Assert.Null(nvml.Read("GPU-3"));
    }

    [Fact]
    public void Is_absent_where_it_does_not_start_and_closed_once_it_did()
    {
        FakeNvml.Answers = false;
        Assert.Null(Nvml.Open(FakeNvml.Export));
        FakeNvml.Answers = true;
        Nvml.Open(FakeNvml.Export)!.Dispose();
        Assert.Equal(0, FakeNvml.Opened);
    }

    [Theory]
    [InlineData(null, "GPU-1")]
    [InlineData("", "GPU-1")]
    [InlineData("GPU-2,GPU-1", "GPU-2")]
    [InlineData("0", "GPU-1")]
    [InlineData("GPU-9", null)]
    public void Knows_the_device_that_the_process_sees(string? visible, string? expected)
    {
        using var gpu = VisibleGpu.Of(Nvml.Open(FakeNvml.Export), visible);
        Assert.Equal(expected, gpu?.Device.Id);
        Assert.Equal(expected is null, gpu?.Read() is null);
        if (gpu is not null)
            Assert.Equal((80L << 30, 1L << 30), (DeviceMemory.Of(gpu).Limit, DeviceMemory.Of(gpu).Peak));
    }

    [Fact]
    public void Is_not_needed_for_the_processor()
    {
        var last = MachineDevice.All()[^1];
        Assert.Equal((DeviceClass.Cpu, DeviceClass.Cpu), (last.Class, last.Id));
        Assert.NotEmpty(last.Model);
        Assert.True(last.MemoryBytes > 1 << 20);
    }
}
