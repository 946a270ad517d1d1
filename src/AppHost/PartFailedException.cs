namespace GpuGeek.AppHost;

/// <summary>A process of the platform cannot start or has failed permanently: one sentence, with the end of its log if there is
/// one.</summary>
public sealed class PartFailedException(string part, string why, string? log = null) : Exception($"{part} failed: {why}")
{
    public string? LogTail { get; } = log;
}
