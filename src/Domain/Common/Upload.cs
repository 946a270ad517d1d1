namespace GpuGeek.Domain.Common;

/// <summary>An upload, and the processing that follows it.</summary>
public abstract class Upload : Restartable
{
    /// <summary>If no bytes arrive for this long, the request loses its claim: its process has died.</summary>
    public static readonly TimeSpan ClaimLapses = TimeSpan.FromSeconds(60);

    /// <summary>If no bytes arrive for this long, an upload no longer counts in the plan; its space must be reserved again.</summary>
    public static readonly TimeSpan RoomKept = TimeSpan.FromHours(1);

    /// <summary>The request that sends the bytes, so that of two at once one is accepted; null: none.</summary>
    public Guid? UploadClaim { get; set; }

    /// <summary>When the last bytes arrived, by the database's clock; null: none have arrived.</summary>
    public DateTimeOffset? UploadActiveAt { get; set; }
}
