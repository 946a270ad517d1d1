namespace GpuGeek.Contracts.Devices;

/// <summary>A class of device that a run can ask for, as connected workers announce it.</summary>
/// <param name="Class">What a run's <c>device</c> says: <c>cpu</c>, <c>gpu</c>, or a name that the operator gave to machines.</param>
/// <param name="Models">As their makers name them.</param>
/// <param name="Slots">Number of runs that train on such devices at the same time. A device with a name counts under its name and as
/// <c>gpu</c> or <c>cpu</c>.</param>
public sealed record DeviceClassResponse(string Class, IReadOnlyList<string> Models, int Slots);

/// <summary>A device on which slots of a connected worker train.</summary>
/// <param name="Worker">Machine and work folder.</param>
/// <param name="Device">The driver's UUID of a GPU; <c>cpu</c>.</param>
/// <param name="Class"><c>cpu</c> or <c>gpu</c>.</param>
/// <param name="ClassName">The operator's name for it (<c>GPUGEEK_DEVICE_CLASS</c>); null: none.</param>
/// <param name="Model">As its maker names it.</param>
/// <param name="MemoryBytes">Null: unknown.</param>
/// <param name="Driver">Version; null: it needs none.</param>
/// <param name="Libtorch">Version and back end.</param>
/// <param name="Slots">Slots that train on it.</param>
/// <param name="SeenAt">When the worker announced it last.</param>
public sealed record WorkerDeviceResponse(
    string Worker,
    string Device,
    string Class,
    string? ClassName,
    string Model,
    long? MemoryBytes,
    string? Driver,
    string Libtorch,
    int Slots,
    DateTimeOffset SeenAt
);
