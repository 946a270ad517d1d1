using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Devices;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    /// <summary>Classes of devices that runs can ask for.</summary>
    public Task<Page<DeviceClassResponse>> ListDevicesAsync(string org, CancellationToken ct = default) =>
        GetAsync<Page<DeviceClassResponse>>($"orgs/{E(org)}/devices", ct);

    /// <summary>Connected workers with their devices; for the operator.</summary>
    public Task<Page<WorkerDeviceResponse>> ListWorkersAsync(CancellationToken ct = default) =>
        GetAsync<Page<WorkerDeviceResponse>>("workers", ct);
}
