using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Sharing;

/// <summary>A link that shows one run or one model version to whoever has it, to read only. It ends by itself, and at once when it is
/// revoked.</summary>
public sealed class ShareLink : ITenantOwned
{
    public const int DefaultDays = 14,
        MaxDays = 90;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ProjectId { get; init; }

    /// <summary>SHA-256 of the link's token, which is shown once.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>What it shows: this, or <see cref="ModelVersionId"/>; never both.</summary>
    public Guid? RunId { get; init; }
    public Guid? ModelVersionId { get; init; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>To the minute; null: nobody has opened it.</summary>
    public DateTimeOffset? LastOpenedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
}
