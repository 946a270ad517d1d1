using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Sharing;

/// <summary>A read-only link to one run or one model version, for anyone who has the link. It expires automatically, and immediately when
/// it is revoked.</summary>
public sealed class ShareLink : ITenantOwned
{
    public const int DefaultDays = 14,
        MaxDays = 90;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ProjectId { get; init; }

    /// <summary>SHA-256 of the link's token, which is shown only once.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The shared run, or null if <see cref="ModelVersionId"/> is set; never both.</summary>
    public Guid? RunId { get; init; }
    public Guid? ModelVersionId { get; init; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>To the minute; null: never opened.</summary>
    public DateTimeOffset? LastOpenedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
}
