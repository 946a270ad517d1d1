using GpuGeek.Domain.Devices;

namespace GpuGeek.Domain.Runs;

/// <summary>
/// Starts the supervisor of a run (<c>worker supervise RUN</c>) somewhere: in a process of this machine, on a node of a cluster. The
/// supervisor claims the run, starts its trainer beside itself and writes the run's rows; a launcher never starts a bare trainer and
/// writes nothing.
/// </summary>
public interface IRunLauncher
{
    /// <param name="slot">Name of the slot, for the lease and for the usage interval: no two runs have it at the same time.</param>
    /// <param name="device">On which the run trains.</param>
    Task<ILaunchedRun> StartAsync(Guid run, string slot, SlotDevice device, CancellationToken cancellationToken);
}

/// <summary>A supervisor that was started.</summary>
public interface ILaunchedRun
{
    /// <summary>How it ended; one of <see cref="SupervisorExit"/>, or another code if it died: then the run's lease expires.</summary>
    Task<int> Exited { get; }

    /// <summary>Requests the end: the trainer saves a checkpoint, and the run is queued again.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>Exit codes of a supervisor.</summary>
public static class SupervisorExit
{
    /// <summary>It has written how the attempt ended.</summary>
    public const int Supervised = 0;

    /// <summary>It could not start; the output says why.</summary>
    public const int Refused = 1;

    /// <summary>The run is not queued any more: another worker has it, or it was cancelled.</summary>
    public const int NotClaimed = 3;
}
