using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Tenants;

/// <param name="Role"><c>viewer</c>, <c>editor</c>, <c>admin</c> or <c>owner</c>.</param>
public sealed record MemberResponse(Guid User, string DisplayName, string Email, string Role, DateTimeOffset JoinedAt);

/// <summary>A higher role may do all that a lower one may. Only an owner makes or unmakes owners, and the last owner stays one.</summary>
public sealed record UpdateMemberRequest
{
    /// <summary><c>viewer</c> may look; <c>editor</c> changes data and starts runs; <c>admin</c> manages members and keys; <c>owner</c> may
    /// delete.</summary>
    /// <example>editor</example>
    [Required, RegularExpression(Roles.Pattern, ErrorMessage = Roles.Message)]
    public required string Role { get; init; }
}

/// <summary>A link that lets one person in, once, within 14 days.</summary>
public sealed record CreateInvitationRequest
{
    /// <summary>Never higher than the inviter's own.</summary>
    /// <example>editor</example>
    [Required, RegularExpression(Roles.Pattern, ErrorMessage = Roles.Message)]
    public required string Role { get; init; }

    /// <summary>Whom it is meant for: shown in the list. Whoever has the link can use it.</summary>
    /// <example>bob@example.org</example>
    [EmailAddress, StringLength(254)]
    public string? Email { get; init; }
}

/// <param name="Url">The link to pass on: shown this once.</param>
/// <param name="Mailed">It also goes to the address by mail.</param>
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
/// <param name="AcceptedBy">Who came in by it.</param>
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

/// <summary>The token of an invitation's link. In the body, never in an address: addresses end up in logs.</summary>
public sealed record InvitationTokenRequest
{
    /// <summary><c>gg_invite_…</c></summary>
    [Required, StringLength(200)]
    public required string Token { get; init; }
}

/// <summary>What an invitation leads to.</summary>
public sealed record InvitationOfferResponse(string Organization, string Slug, string Role, string InvitedBy, DateTimeOffset ExpiresAt);

internal static class Roles
{
    public const string Pattern = "^(viewer|editor|admin|owner)$";
    public const string Message = "The role must be 'viewer', 'editor', 'admin' or 'owner'.";
}
