using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>Npgsql connection strings, one per role. Set by <c>GPUGEEK_DB</c>, <c>GPUGEEK_DB_SYSTEM</c> and
/// <c>GPUGEEK_DB_HANGFIRE</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>Role <c>gpugeek_app</c>: serves requests, sees one organisation. Null in processes that serve no requests
    /// (Worker).</summary>
    public string? App { get; set; }

    /// <summary>Role <c>gpugeek_system</c>: claim, sweep, metering.</summary>
    [Required(ErrorMessage = "GPUGEEK_DB_SYSTEM is not set: the connection string of the role gpugeek_system.")]
    public string System { get; set; } = "";

    /// <summary>Role <c>gpugeek_hangfire</c>.</summary>
    [Required(ErrorMessage = "GPUGEEK_DB_HANGFIRE is not set: the connection string of the role gpugeek_hangfire.")]
    public string Hangfire { get; set; } = "";
}
