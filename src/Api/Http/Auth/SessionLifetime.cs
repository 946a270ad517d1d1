using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Api.Http.Auth;

/// <summary>Lifetime of sessions. Set by <c>GPUGEEK_SESSION_IDLE_DAYS</c> and <c>GPUGEEK_SESSION_DAYS</c>.</summary>
public sealed class SessionLifetime
{
    /// <summary>A session expires after this time without use.</summary>
    [Range(1, 365, ErrorMessage = "GPUGEEK_SESSION_IDLE_DAYS must be 1 to 365 days.")]
    public int IdleDays { get; set; } = 14;

    /// <summary>A session expires after this time even if it is used.</summary>
    [Range(1, 365, ErrorMessage = "GPUGEEK_SESSION_DAYS must be 1 to 365 days.")]
    public int Days { get; set; } = 90;

    internal TimeSpan Idle => TimeSpan.FromDays(IdleDays);
    internal TimeSpan Lifetime => TimeSpan.FromDays(Days);

    internal bool IsAlive(DateTimeOffset? lastUsed, DateTimeOffset now) => lastUsed is { } used && now - used < Idle;
}
