using GpuGeek.Domain.Common;

namespace GpuGeek.Worker.Lanes;

/// <summary>How a claimed job ended.</summary>
internal abstract record JobEnd
{
    private JobEnd() { }

    internal sealed record Succeeded : JobEnd;

    internal sealed record Failed(Failure Failure) : JobEnd;

    internal sealed record Canceled : JobEnd;

    /// <summary>Queued again without counting: the worker stops, or its disk is full. That says nothing about the job.</summary>
    internal sealed record GivenBack(TimeSpan After) : JobEnd;

    /// <summary>The child process died without a result: queued again, until it has died too often.</summary>
    internal sealed record Died(int ExitCode) : JobEnd;
}
