namespace GpuGeek.Domain.Devices;

/// <summary>A device on which slots of a worker train, as the worker announced it last.</summary>
public sealed class WorkerDevice
{
    /// <summary>How long an announcement counts: a worker that died is forgotten soon.</summary>
    public static readonly TimeSpan CountsFor = TimeSpan.FromMinutes(3);

    public const int LongestText = 200;

    /// <summary>Machine and work folder: each folder has one worker.</summary>
    public required string Worker { get; init; }

    /// <summary><see cref="SlotDevice.Id"/>.</summary>
    public required string Device { get; init; }

    /// <summary><see cref="DeviceClass.Cpu"/> or <see cref="DeviceClass.Gpu"/>.</summary>
    public required string Class { get; init; }

    /// <summary>The operator's name for it, if there is one.</summary>
    public string? ClassName { get; init; }

    /// <summary>As its maker names it.</summary>
    public required string Model { get; init; }

    /// <summary>Null: unknown.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Version; null: it needs none.</summary>
    public string? Driver { get; init; }

    /// <summary>Version and back end, such as <c>2.10.0+cpu</c>.</summary>
    public required string Libtorch { get; init; }

    /// <summary>Slots that train on it.</summary>
    public required int Slots { get; init; }

    /// <summary>By the database's clock.</summary>
    public DateTimeOffset SeenAt { get; init; }
}
