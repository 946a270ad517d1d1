using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Worker.Lanes;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>The slots of this worker, each of which claims and supervises one run after another.</summary>
internal sealed class RunLane(
    RunClaims claims,
    RunSupervisor supervisor,
    RunDirectories directories,
    RunRoom room,
    IOptions<WorkerOptions> options
) : ILaneWork
{
    public string Name => "slot";
    public int Width => options.Value.Slots;
    public string Announced => LiveChange.RunQueuedKind;

    public async Task<Func<Task>?> NextAsync(string owner, CancellationToken draining)
    {
        var fitting = room.Fitting();
        if (await claims.NextAsync(owner, draining, fitting) is { } claim)
            return () => SuperviseAsync(claim, draining);
        if (fitting is not null)
            await room.TellAsync(fitting, draining);
        return null;
    }

    private async Task SuperviseAsync(ClaimedRun claim, CancellationToken draining)
    {
        using var lease = await directories.HoldAsync(claim);
        await supervisor.SuperviseAsync(lease, draining);
    }
}
