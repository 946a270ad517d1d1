using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using Hangfire;

namespace GpuGeek.Infrastructure.Queue;

/// <summary>Notifies workers. Call it after the commit: the row is the source of truth, and a sweep finds what a lost notification
/// missed.</summary>
public interface IJobQueue
{
    void HintRuns();
    void HintImport(Guid org, Guid import);
}

internal sealed class JobQueue(IBackgroundJobClient jobs) : IJobQueue
{
    public void HintRuns() => jobs.Enqueue<IClaimRunJob>(IClaimRunJob.CpuQueue, job => job.ClaimAsync(CancellationToken.None));

    public void HintImport(Guid org, Guid import) =>
        jobs.Enqueue<IImportJob>(IImportJob.Queue, job => job.RunAsync(org, import, CancellationToken.None));
}
