using System.Runtime.InteropServices;

namespace GpuGeek.Inference;

/// <summary>Asks NVIDIA's driver. ONNX Runtime itself only finds out with the first network that it loads.</summary>
public static unsafe class NvidiaDevices
{
    /// <returns>0 if there is no driver.</returns>
    public static int Count()
    {
        if (
            !NativeLibrary.TryLoad("libcuda.so.1", out var driver)
            || !NativeLibrary.TryGetExport(driver, "cuInit", out var initialize)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGetCount", out var count)
        )
            return 0;
        int devices;
        return ((delegate* unmanaged<uint, int>)initialize)(0) == 0 && ((delegate* unmanaged<int*, int>)count)(&devices) == 0 ? devices : 0;
    }
}
