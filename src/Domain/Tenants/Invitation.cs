using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Tenants;

/// <summary>A link that admits one person to an organisation, once.</summary>
public sealed class Invitation : ITenantOwned
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }

    /// <summary>SHA-256 of the link's token, which is shown only once.</summary>
    public required byte[] Hash { get; init; }
    public required Role Role { get; init; }

    /// <summary>The invited person, so that people can recognise it in a list. Anyone with the link can use it.</summary>
    public string? Email { get; init; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public Guid? AcceptedBy { get; set; }
    public DateTimeOffset? AcceptedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
}
