using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Tenants;

public sealed record CreateOrganizationRequest
{
    /// <summary>The slug is made from the name and does not change.</summary>
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

/// <param name="Slug">Its name in addresses. It never changes.</param>
/// <param name="Role">Role of the caller: <c>viewer</c>, <c>editor</c>, <c>admin</c> or <c>owner</c>.</param>
public sealed record OrganizationResponse(Guid Id, string Slug, string Name, string Plan, string Role, DateTimeOffset CreatedAt);

/// <summary>An API key for programs, valid in one organisation.</summary>
public sealed record CreateKeyRequest
{
    /// <example>line 3 camera</example>
    [Required, StringLength(100, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>One or more scopes. A key cannot have more rights than its creator.</summary>
    /// <example>["predict"]</example>
    [Required, MinLength(1), MaxLength(20)]
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Null: valid until revoked.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <param name="Key">The key itself. Shown only once.</param>
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
