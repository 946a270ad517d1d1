using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Runs;

/// <summary>Who works on a run. Every write for the run locks this row and names the fence, so a stale owner writes nothing.</summary>
public sealed class RunLease : ITenantOwned
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(3);

    public required Guid OrgId { get; init; }
    public required Guid RunId { get; init; }

    /// <summary>Worker and slot, or null when nobody works on it.</summary>
    public string? Owner { get; set; }

    /// <summary>By the database's clock.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Grows with each take-over, never falls.</summary>
    public long Fence { get; set; }
}
