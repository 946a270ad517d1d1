using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Accounts;

/// <summary>A new person with a new organisation.</summary>
public sealed record RegisterRequest
{
    /// <summary>Where mail reaches the person; the name to sign in with.</summary>
    /// <example>ann@example.org</example>
    [Required, EmailAddress, StringLength(254)] public required string Email { get; init; }
    /// <summary>At least 10 characters; any characters; not among the most common passwords.</summary>
    /// <example>a long enough phrase</example>
    [Required, StringLength(256, MinimumLength = 10)] public required string Password { get; init; }
    /// <summary>What others see.</summary>
    /// <example>Ann</example>
    [Required, StringLength(100, MinimumLength = 1)] public required string DisplayName { get; init; }
    /// <summary>Name of the organisation that is made; its slug is derived from it. Needed unless an invitation leads to one.</summary>
    /// <example>Acme</example>
    [StringLength(100, MinimumLength = 1)] public string? Organization { get; init; }
    /// <summary>Token of an invitation's link: the person joins that organisation, and may register where registration is closed.</summary>
    [StringLength(200)] public string? Invitation { get; init; }
    /// <summary>The token of the first start's link: makes this person the operator. Needed until there is one.</summary>
    [StringLength(200)] public string? SetupToken { get; init; }
}

/// <summary>Email and password.</summary>
public sealed record SignInRequest
{
    /// <example>ann@example.org</example>
    [Required, StringLength(254)] public required string Email { get; init; }
    /// <example>a long enough phrase</example>
    [Required, StringLength(256)] public required string Password { get; init; }
}

/// <summary>Signs in with a one-time link's token.</summary>
public sealed record LinkSignInRequest
{
    /// <summary><c>gg_link_…</c></summary>
    [Required, StringLength(200)] public required string Token { get; init; }
}

/// <summary>A new password. All other sessions of the person end.</summary>
public sealed record ChangePasswordRequest
{
    [Required, StringLength(256)] public required string CurrentPassword { get; init; }
    [Required, StringLength(256, MinimumLength = 10)] public required string NewPassword { get; init; }
}

/// <summary>A session: send the token as <c>Authorization: Bearer</c>.</summary>
/// <param name="Token">Shown this once.</param>
public sealed record SessionResponse(string Token, DateTimeOffset ExpiresAt, UserResponse User, IReadOnlyList<MembershipResponse> Organizations);

/// <param name="IsOperator">May edit plans and see the whole installation.</param>
public sealed record UserResponse(Guid Id, string Email, string DisplayName, bool IsOperator);

/// <param name="Role"><c>viewer</c>, <c>editor</c>, <c>admin</c> or <c>owner</c>.</param>
public sealed record MembershipResponse(string Slug, string Name, string Role);

/// <summary>Who the token speaks for.</summary>
public sealed record MeResponse(UserResponse User, IReadOnlyList<MembershipResponse> Organizations);

/// <summary>How the installation stands before anybody signs in.</summary>
/// <param name="NeedsSetup">No operator yet: only the setup link can register.</param>
/// <param name="RegistrationOpen">Anybody may register.</param>
public sealed record InstallationResponse(bool NeedsSetup, bool RegistrationOpen, string Version);
