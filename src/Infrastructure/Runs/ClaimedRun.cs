using GpuGeek.Domain.Devices;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>A run under a lease: its owner must specify these values in every write.</summary>
/// <param name="Owner">Worker and slot.</param>
/// <param name="TraceParent">The trace of the request that created the run.</param>
/// <param name="Fence">Grows with each take-over; a write with an older one is refused.</param>
public sealed record ClaimedRun(Guid OrgId, Guid RunId, long Fence, string Owner, int Attempt, string? TraceParent = null)
{
    /// <summary>On which it trains.</summary>
    public SlotDevice Device { get; init; } = SlotDevice.Processor;
}

/// <summary>Another owner has taken over the run: this one must stop its child and write nothing more.</summary>
public sealed class StaleFenceException(ClaimedRun claim)
    : Exception($"The lease of run {claim.RunId} has moved past fence {claim.Fence}.");
