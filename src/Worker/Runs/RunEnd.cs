using GpuGeek.Domain.Common;

namespace GpuGeek.Worker.Runs;

/// <summary>How an attempt ended, before anything is written.</summary>
internal abstract record RunEnd
{
    /// <summary>There is a result in the run directory.</summary>
    public sealed record Finished : RunEnd;

    public sealed record Failed(Failure Failure) : RunEnd;

    public sealed record Canceled : RunEnd;

    /// <summary>The worker drains: another worker continues the run.</summary>
    public sealed record GivenBack : RunEnd;

    /// <summary>The training process died; another attempt may succeed.</summary>
    public sealed record Died(string How) : RunEnd;

    /// <summary>This worker failed: its disk or its store. This says nothing about the run.</summary>
    public sealed record WorkerFailed(string How) : RunEnd;
}
