using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Tenants;

/// <param name="Role"><c>viewer</c>, <c>editor</c>, <c>admin</c> or <c>owner</c>.</param>
public sealed record MemberResponse(Guid User, string DisplayName, string Email, string Role, DateTimeOffset JoinedAt);

/// <summary>A higher role includes all rights of the lower roles. Only an owner can add or remove owners, and the last owner cannot be
/// removed.</summary>
public sealed record UpdateMemberRequest
{
    /// <summary><c>viewer</c> can view; <c>editor</c> changes data and starts runs; <c>admin</c> manages members and keys; <c>owner</c>
    /// can delete.</summary>
    /// <example>editor</example>
    [Required, RegularExpression(Roles.Pattern, ErrorMessage = Roles.Message)]
    public required string Role { get; init; }
}

/// <summary>An invitation link. It admits one person, once, and is valid for 14 days.</summary>
public sealed record CreateInvitationRequest
{
    /// <summary>At most the role of the inviter.</summary>
    /// <example>editor</example>
    [Required, RegularExpression(Roles.Pattern, ErrorMessage = Roles.Message)]
    public required string Role { get; init; }

    /// <summary>The invited person, shown in the list. Anyone with the link can use it.</summary>
    /// <example>bob@example.org</example>
    [EmailAddress, StringLength(254)]
    public string? Email { get; init; }
}

/// <param name="Url">The invitation link. Shown only once.</param>
/// <param name="Mailed">The link is also sent to the address by email.</param>
public sealed record CreatedInvitationResponse(
    Guid Id,
    string Role,
    string? Email,
    string Url,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    bool Mailed
);

/// <param name="State"><c>open</c>, <c>accepted</c>, <c>revoked</c> or <c>expired</c>.</param>
/// <param name="AcceptedBy">Name of the person who accepted it.</param>
public sealed record InvitationResponse(
    Guid Id,
    string Role,
    string? Email,
    string State,
    string CreatedBy,
    string? AcceptedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt
);

/// <summary>The token of an invitation link. It is sent in the body, never in an address: addresses are logged.</summary>
public sealed record InvitationTokenRequest
{
    /// <summary><c>gg_invite_…</c></summary>
    [Required, StringLength(200)]
    public required string Token { get; init; }
}

/// <summary>The organisation and role that an invitation gives.</summary>
public sealed record InvitationOfferResponse(string Organization, string Slug, string Role, string InvitedBy, DateTimeOffset ExpiresAt);

internal static class Roles
{
    public const string Pattern = "^(viewer|editor|admin|owner)$";
    public const string Message = "The role must be 'viewer', 'editor', 'admin' or 'owner'.";
}
