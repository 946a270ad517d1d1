using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Runs;

/// <summary>One point of a curve. Unique by run, name and step: a step repeated after a resume adds no second point.</summary>
public sealed class MetricPoint : ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid RunId { get; init; }
    public required string Name { get; init; }
    public required long Step { get; init; }

    /// <summary>Sequence number within the run, shared with <see cref="RunLogLine"/>: a client requests everything after one.</summary>
    public required long Seq { get; init; }
    public required double Epoch { get; init; }
    public required double Value { get; init; }
    public required DateTimeOffset At { get; init; }
}

public sealed class RunLogLine : ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid RunId { get; init; }
    public required long Seq { get; init; }

    /// <summary><c>info</c>, <c>warning</c> or <c>error</c>.</summary>
    public required string Level { get; init; }
    public required string Message { get; init; }
    public required DateTimeOffset At { get; init; }
}
