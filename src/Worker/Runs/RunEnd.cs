using GpuGeek.Domain.Common;

namespace GpuGeek.Worker.Runs;

/// <summary>How an attempt ended, before anything of it is written.</summary>
internal abstract record RunEnd
{
    /// <summary>A result lies in the run directory.</summary>
    public sealed record Finished : RunEnd;

    public sealed record Failed(Failure Failure) : RunEnd;

    public sealed record Canceled : RunEnd;

    /// <summary>The worker drains: the run goes on elsewhere.</summary>
    public sealed record GivenBack : RunEnd;

    /// <summary>The trainer died; another attempt may do better.</summary>
    public sealed record Died(string How) : RunEnd;

    /// <summary>This worker could not go on: its disk or its store failed it. No fault of the run.</summary>
    public sealed record WorkerFailed(string How) : RunEnd;
}
