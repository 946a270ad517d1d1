using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Tenants;

public sealed record CreateOrganizationRequest
{
    /// <summary>The address is made from it and stays.</summary>
    /// <example>Acme</example>
    [Required, StringLength(100, MinimumLength = 1)]
    public required string Name { get; init; }
}

public sealed record UpdateOrganizationRequest
{
    /// <example>Acme</example>
    [StringLength(100, MinimumLength = 1)]
    public string? Name { get; init; }
}

/// <param name="Slug">Its name in addresses; never changes.</param>
/// <param name="Role">The caller's: <c>viewer</c>, <c>editor</c>, <c>admin</c> or <c>owner</c>.</param>
public sealed record OrganizationResponse(Guid Id, string Slug, string Name, string Plan, string Role, DateTimeOffset CreatedAt);

/// <summary>A key for machines, bound to one organisation.</summary>
public sealed record CreateKeyRequest
{
    /// <example>line 3 camera</example>
    [Required, StringLength(100, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>One or more scopes; never more than its maker may.</summary>
    /// <example>["predict"]</example>
    [Required, MinLength(1), MaxLength(20)]
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Null: until revoked.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <param name="Key">The key itself: shown this once.</param>
public sealed record CreatedKeyResponse(
    Guid Id,
    string Name,
    string Key,
    string Prefix,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt
);

public sealed record KeyResponse(
    Guid Id,
    string Name,
    string Prefix,
    IReadOnlyList<string> Scopes,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt
);
