namespace GpuGeek.Domain.Tenants;

/// <summary>Ordered: a higher role includes all rights of a lower one.</summary>
public enum Role
{
    Viewer,
    Editor,
    Admin,
    Owner,
}

/// <summary>The membership of a person in an organisation.</summary>
public sealed class Member
{
    public required Guid OrgId { get; init; }
    public required Guid UserId { get; init; }
    public required Role Role { get; set; }
    public required DateTimeOffset JoinedAt { get; init; }
}
