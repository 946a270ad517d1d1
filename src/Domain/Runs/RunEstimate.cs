namespace GpuGeek.Domain.Runs;

/// <summary>What a training will take on the machine that measured it.</summary>
/// <param name="ImagesPerSecond">Of its longest part: pictures that train, or views that are embedded.</param>
/// <param name="Seconds">Of the whole run.</param>
/// <param name="SecondsLow">If every step were like the fastest tenth of those measured; at most Seconds.</param>
/// <param name="SecondsHigh">If every step were like the slowest tenth of those measured; at least Seconds.</param>
/// <param name="MemoryBytes">The most that the process had while it measured.</param>
/// <param name="MemoryLimit">What the machine, or its container, allows; null: unknown.</param>
public sealed record RunEstimate(
    double ImagesPerSecond,
    double Seconds,
    double SecondsLow,
    double SecondsHigh,
    long MemoryBytes,
    long? MemoryLimit
);
