namespace GpuGeek.Infrastructure.Runs;

/// <summary>A run under a lease: what its owner must name in every write.</summary>
/// <param name="Owner">Worker and slot.</param>
/// <param name="Fence">Grows with each take-over; a write that names an older one is refused.</param>
public sealed record ClaimedRun(Guid OrgId, Guid RunId, long Fence, string Owner, int Attempt);

/// <summary>Another owner has taken the run over: this one must stop its child and write nothing more.</summary>
public sealed class StaleFenceException(ClaimedRun claim)
    : Exception($"The lease of run {claim.RunId} has moved past fence {claim.Fence}.");
