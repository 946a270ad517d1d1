using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Api.Http.Auth;

/// <summary>How long a person stays signed in. Set by <c>GPUGEEK_SESSION_IDLE_DAYS</c> and <c>GPUGEEK_SESSION_DAYS</c>.</summary>
public sealed class SessionLifetime
{
    /// <summary>A session that nobody has used for so long has ended.</summary>
    [Range(1, 365, ErrorMessage = "GPUGEEK_SESSION_IDLE_DAYS takes 1 to 365 days.")]
    public int IdleDays { get; set; } = 14;

    /// <summary>A session ends then however much it is used.</summary>
    [Range(1, 365, ErrorMessage = "GPUGEEK_SESSION_DAYS takes 1 to 365 days.")]
    public int Days { get; set; } = 90;

    internal TimeSpan Idle => TimeSpan.FromDays(IdleDays);
    internal TimeSpan Lifetime => TimeSpan.FromDays(Days);

    internal bool IsAlive(DateTimeOffset? lastUsed, DateTimeOffset now) => lastUsed is { } used && now - used < Idle;
}
