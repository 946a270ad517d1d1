namespace GpuGeek.Domain.Runs;

/// <summary>A hint that runs wait, on the queue of a GPU class (<see cref="CpuQueue"/>). It names no run: the worker claims in SQL
/// whichever is next. Losing it costs two seconds: a sweep looks too.</summary>
public interface IClaimRunJob
{
    const string CpuQueue = "class-cpu";

    Task ClaimAsync(CancellationToken cancellationToken);
}
