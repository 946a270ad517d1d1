namespace GpuGeek.AppHost;

/// <summary>A part of the platform cannot start or has died for good: said in one sentence, with the end of its log where there is
/// one.</summary>
public sealed class PartFailedException(string part, string why, string? log = null) : Exception($"{part} failed: {why}")
{
    public string? LogTail { get; } = log;
}
