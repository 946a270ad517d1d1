namespace GpuGeek.Training.Devices;

/// <summary>The GPU that this process trains on: the first that <c>CUDA_VISIBLE_DEVICES</c> names by its UUID, or the machine's first.
/// Numbers in that variable are CUDA's, which counts the fastest first and not as the driver does.</summary>
internal sealed class VisibleGpu : IDisposable
{
    private readonly Nvml _driver;

    private VisibleGpu(Nvml driver, MachineDevice device) => (_driver, Device) = (driver, device);

    public MachineDevice Device { get; }

    /// <returns>Null: there is none, or the driver does not answer.</returns>
    public static VisibleGpu? Open() => Of(Nvml.Open(), Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES"));

    /// <param name="driver">Disposed with the returned value, or here where there is none.</param>
    internal static VisibleGpu? Of(Nvml? driver, string? visible)
    {
        var devices = driver?.Devices() ?? [];
        var first = visible?.Split(',')[0].Trim();
        var device = devices.FirstOrDefault(d =>
            string.IsNullOrEmpty(first) || d.Id == first || !first.StartsWith("GPU-", StringComparison.Ordinal)
        );
        if (driver is not null && device is not null)
            return new(driver, device);
        driver?.Dispose();
        return null;
    }

    public DeviceReading? Read() => _driver.Read(Device.Id);

    public void Dispose() => _driver.Dispose();
}
