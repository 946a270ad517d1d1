using GpuGeek.Domain.Runs;
using GpuGeek.Worker.Hosting;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

internal sealed class RunWakeUp(IOptions<WorkerOptions> options) : PollSignal(options);

/// <summary>Only a notification: the slots claim in SQL.</summary>
internal sealed class ClaimRunJob(RunWakeUp wake) : IClaimRunJob
{
    public Task ClaimAsync(CancellationToken cancellationToken)
    {
        wake.Signal();
        return Task.CompletedTask;
    }
}
