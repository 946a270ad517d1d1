using GpuGeek.Domain.Runs;
using GpuGeek.Worker.Hosting;

namespace GpuGeek.Worker.Runs;

internal sealed class RunWakeUp : WakeUp;

/// <summary>Only a hint: the slots claim in SQL.</summary>
internal sealed class ClaimRunJob(RunWakeUp wake) : IClaimRunJob
{
    public Task ClaimAsync(CancellationToken cancellationToken)
    {
        wake.Signal();
        return Task.CompletedTask;
    }
}
