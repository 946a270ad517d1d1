namespace GpuGeek.Domain.Common;

public enum UploadState
{
    /// <summary>The bytes are expected, or arrive.</summary>
    Uploading,

    /// <summary>All bytes have arrived. From here on, the job with the same id tells the state.</summary>
    Received,

    /// <summary>The upload failed: there was no space, or the bytes stopped arriving.</summary>
    Failed,

    /// <summary>Cancelled before all bytes had arrived.</summary>
    Canceled,
}

/// <summary>An upload, which a job processes when its bytes have arrived.</summary>
public abstract class Upload : ITenantOwned
{
    /// <summary>If no bytes arrive for this long, the request loses its claim: its process has died.</summary>
    public static readonly TimeSpan ClaimLapses = TimeSpan.FromSeconds(60);

    /// <summary>The same where a second request can do no harm, since each stores its bytes under names of its own.</summary>
    public static readonly TimeSpan PartClaimLapses = TimeSpan.FromSeconds(10);

    /// <summary>If no bytes arrive for this long, an upload no longer counts in the plan; its space must be reserved again.</summary>
    public static readonly TimeSpan RoomKept = TimeSpan.FromHours(1);

    /// <summary>Hours without new bytes after which an upload fails, unless the operator sets others.</summary>
    public const int HoursKept = 7 * 24;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }

    /// <summary>Name of the uploaded file.</summary>
    public required string FileName { get; init; }

    /// <summary>Bytes: announced or reserved during the upload, then received.</summary>
    public long Size { get; set; }
    public UploadState State { get; set; } = UploadState.Uploading;

    /// <summary>Why the upload failed.</summary>
    public Failure? Error { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the upload failed or was cancelled; null: it did not.</summary>
    public DateTimeOffset? StoppedAt { get; set; }

    /// <summary>The request that sends the bytes, so that of two at once one is accepted; null: none.</summary>
    public Guid? UploadClaim { get; set; }

    /// <summary>When the last bytes arrived, by the database's clock; null: none have arrived.</summary>
    public DateTimeOffset? UploadActiveAt { get; set; }
}
