namespace GpuGeek.Domain.Tenants;

/// <summary>Ordered: a higher role may do all that a lower one may.</summary>
public enum Role
{
    Viewer,
    Editor,
    Admin,
    Owner,
}

/// <summary>A person in an organisation.</summary>
public sealed class Member
{
    public required Guid OrgId { get; init; }
    public required Guid UserId { get; init; }
    public required Role Role { get; set; }
    public required DateTimeOffset JoinedAt { get; init; }
}
