using GpuGeek.Domain.Common;
using GpuGeek.Domain.Devices;

namespace GpuGeek.Domain.Billing;

/// <summary>
/// The time that one lease used one worker slot. Only <see cref="StartedAt"/> to <see cref="KeptUntil"/> is charged: what a durable
/// checkpoint or a result has saved. Intervals of one slot never overlap (exclusion constraint).
/// </summary>
public sealed class UsageInterval : ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }

    /// <summary>The run may have been deleted; its cost is still shown.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The run's name when the interval began.</summary>
    public required string RunName { get; init; }

    /// <summary>Fence of the lease: one interval per lease.</summary>
    public required long Fence { get; init; }

    /// <summary>Worker and slot.</summary>
    public required string Slot { get; init; }

    /// <summary>Class of the slot's device, the most specific that it has, not of what the run asked for.</summary>
    public string Device { get; init; } = DeviceClass.Cpu;
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while the lease is active.</summary>
    public DateTimeOffset? EndedAt { get; set; }
    public required DateTimeOffset KeptUntil { get; set; }

    /// <summary>The plan's price of the device at the start of the lease.</summary>
    public required decimal PricePerHour { get; init; }
    public required string Currency { get; init; }

    public decimal ChargedSeconds => Math.Max(0, Math.Round((decimal)(KeptUntil - StartedAt).TotalSeconds, 3, MidpointRounding.ToEven));

    /// <summary>Rounded to a ten-thousandth of the currency's unit, half to even.</summary>
    public decimal Cost => Math.Round(ChargedSeconds * PricePerHour / 3600m, 4, MidpointRounding.ToEven);
}
