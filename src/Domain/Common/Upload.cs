namespace GpuGeek.Domain.Common;

/// <summary>Bytes that somebody sends, and the work that is done with them afterwards.</summary>
public abstract class Upload : Restartable
{
    /// <summary>A request whose bytes stopped coming for so long holds its claim no longer: its process has died.</summary>
    public static readonly TimeSpan ClaimLapses = TimeSpan.FromSeconds(60);

    /// <summary>An upload that nobody sends any more counts in the plan for so long; after that its room is asked for again.</summary>
    public static readonly TimeSpan RoomKept = TimeSpan.FromHours(1);

    /// <summary>The request that brings the bytes, so that of two at once one is taken; null: none does.</summary>
    public Guid? UploadClaim { get; set; }

    /// <summary>When bytes came last, by the database's clock; null: none have come.</summary>
    public DateTimeOffset? UploadActiveAt { get; set; }
}
