using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Runs;

/// <summary>The lease of a run. Every write for the run locks this row and checks the fence, so a stale owner cannot write.</summary>
public sealed class RunLease : ITenantOwned
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(3);

    public required Guid OrgId { get; init; }
    public required Guid RunId { get; init; }

    /// <summary>Worker and slot, or null if no worker has it.</summary>
    public string? Owner { get; set; }

    /// <summary>By the database's clock.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Grows with each take-over and never falls.</summary>
    public long Fence { get; set; }
}
