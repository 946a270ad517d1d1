using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Worker.Devices;
using GpuGeek.Worker.Lanes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>The slots of this worker, each of which claims and supervises one run after another.</summary>
internal sealed partial class RunLane(
    RunClaims claims,
    RunSupervisor supervisor,
    RunDirectories directories,
    IRunLauncher launcher,
    RunRoom room,
    SlotDevices devices,
    IOptions<WorkerOptions> options,
    ILogger<RunLane> logger
) : ILaneWork
{
    public string Name => "slot";
    public int Width => options.Value.Slots;
    public string Announced => LiveChange.RunQueuedKind;

    public async Task<Func<Task>?> NextAsync(string owner, int place, CancellationToken draining)
    {
        var fitting = room.Fitting();
        var device = devices.Of(place);
        if (options.Value.Launcher.Length > 0)
        {
            if (await claims.PeekAsync(fitting, device, draining) is { } waiting)
                return () => LaunchAsync(waiting, owner, device, draining);
        }
        else if (await claims.NextAsync(owner, draining, fitting, device) is { } claim)
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

    private async Task LaunchAsync(Guid run, string slot, SlotDevice device, CancellationToken draining)
    {
        using var directory = await directories.UseAsync(run);
        var launched = await launcher.StartAsync(run, slot, device, draining);
        await using var stop = draining.Register(() => _ = launched.StopAsync(CancellationToken.None));
        var code = await launched.Exited;
        if (code is not (SupervisorExit.Supervised or SupervisorExit.NotClaimed))
            LogDied(run, code);
    }

    [LoggerMessage(LogLevel.Error, "The supervisor of run {RunId} died with exit code {Code}; retrying when its lease has expired")]
    private partial void LogDied(Guid runId, int code);
}
