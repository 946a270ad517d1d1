namespace GpuGeek.Domain.Runs;

/// <summary>A notification that runs are waiting, on the queue of a GPU class (<see cref="CpuQueue"/>). It names no run: the worker
/// claims the next one in SQL. A lost notification costs two seconds, because a sweep checks too.</summary>
public interface IClaimRunJob
{
    const string CpuQueue = "class-cpu";

    Task ClaimAsync(CancellationToken cancellationToken);
}
