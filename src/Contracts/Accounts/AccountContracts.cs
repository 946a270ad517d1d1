using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Accounts;

/// <summary>A new person with a new organisation.</summary>
public sealed record RegisterRequest
{
    /// <summary>Where mail reaches the person; the name to sign in with.</summary>
    /// <example>ann@example.org</example>
    [Required, EmailAddress, StringLength(254)]
    public required string Email { get; init; }

    /// <summary>At least 10 characters; any characters; not among the most common passwords.</summary>
    /// <example>a long enough phrase</example>
    [Required, StringLength(256, MinimumLength = 10)]
    public required string Password { get; init; }

    /// <summary>What others see.</summary>
    /// <example>Ann</example>
    [Required, StringLength(100, MinimumLength = 1)]
    public required string DisplayName { get; init; }

    /// <summary>Name of the organisation that is made; its slug is derived from it. Needed unless an invitation leads to one.</summary>
    /// <example>Acme</example>
    [StringLength(100, MinimumLength = 1)]
    public string? Organization { get; init; }

    /// <summary>Token of an invitation's link: the person joins that organisation, and may register where registration is closed.</summary>
    [StringLength(200)]
    public string? Invitation { get; init; }

    /// <summary>The token of the first start's link: makes this person the operator. Needed until there is one.</summary>
    [StringLength(200)]
    public string? SetupToken { get; init; }
}

/// <summary>Email and password; or the challenge of an answer <c>second_factor_needed</c> and a code, so that the password is sent
/// once.</summary>
public sealed record SignInRequest : IValidatableObject
{
    /// <summary>Needed without a challenge.</summary>
    /// <example>ann@example.org</example>
    [StringLength(254)]
    public string? Email { get; init; }

    /// <summary>Needed without a challenge.</summary>
    /// <example>a long enough phrase</example>
    [StringLength(256)]
    public string? Password { get; init; }

    /// <summary>Six digits of the authenticator app, or a recovery code; needed where the account has a second factor.</summary>
    /// <example>123456</example>
    [StringLength(40)]
    public string? Code { get; init; }

    /// <summary>
    /// <c>challenge</c> of the answer <c>second_factor_needed</c>, in place of email and password. It is good for five minutes, from the
    /// same network
    /// address (IPv6: the same /64), as long as the password is not changed.
    /// </summary>
    [StringLength(400)]
    public string? Challenge { get; init; }

    /// <summary>
    /// <c>device</c> of the last sign-in from the same machine, where there was one: its attempts are then counted apart from those of
    /// strangers, who
    /// cannot lock it out. It signs nobody in.
    /// </summary>
    [StringLength(1000)]
    public string? Device { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, string? Value)[] needed = Challenge is null
            ? [(nameof(Email), Email), (nameof(Password), Password)]
            : [(nameof(Code), Code)];
        return needed
            .Where(n => string.IsNullOrWhiteSpace(n.Value))
            .Select(n => new ValidationResult($"The {n.Name} field is required.", [n.Name]));
    }
}

/// <summary>What an authenticator app is told. Signing in asks for codes only after the first one was confirmed.</summary>
/// <param name="Secret">Base32, for typing in.</param>
/// <param name="Uri"><c>otpauth://</c>, for a QR code.</param>
public sealed record SecondFactorResponse(string Secret, string Uri);

/// <summary>A code of the authenticator app.</summary>
public sealed record ConfirmSecondFactorRequest
{
    /// <example>123456</example>
    [Required, StringLength(10)]
    public required string Code { get; init; }
}

/// <param name="Codes">Each signs in once without the app: shown this once.</param>
public sealed record RecoveryCodesResponse(IReadOnlyList<string> Codes);

/// <summary>Turning the second factor off takes the password.</summary>
public sealed record RemoveSecondFactorRequest
{
    [Required, StringLength(256)]
    public required string Password { get; init; }
}

/// <summary>A browser or program that is signed in.</summary>
/// <param name="Name">What it called itself when it signed in.</param>
/// <param name="ExpiresAt">Ends then however much it is used.</param>
/// <param name="IsCurrent">The one that asks.</param>
/// <param name="EndsAt">Ends then when it is not used any more.</param>
public sealed record SessionSummary(
    Guid Id,
    string Name,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? ExpiresAt,
    bool IsCurrent,
    DateTimeOffset? EndsAt
);

/// <summary>Signs in with a one-time link's token.</summary>
public sealed record LinkSignInRequest
{
    /// <summary><c>gg_link_…</c></summary>
    [Required, StringLength(200)]
    public required string Token { get; init; }
}

/// <summary>A new password. All other sessions of the person end.</summary>
public sealed record ChangePasswordRequest
{
    [Required, StringLength(256)]
    public required string CurrentPassword { get; init; }

    [Required, StringLength(256, MinimumLength = 10)]
    public required string NewPassword { get; init; }
}

/// <summary>Asks for a link to set a new password.</summary>
public sealed record ForgotPasswordRequest
{
    /// <summary>The address of the account; the answer never says whether there is one.</summary>
    /// <example>ann@example.org</example>
    [Required, EmailAddress, StringLength(254)]
    public required string Email { get; init; }
}

/// <summary>What happened to the account.</summary>
/// <param name="Kind"><c>registered</c>, <c>signed_in</c>, <c>sign_in_failed</c>, <c>locked_out</c>, <c>signed_out</c>,
/// <c>password_changed</c>, <c>password_reset</c>, <c>reset_link_made</c>, <c>second_factor_on</c>, <c>second_factor_off</c>,
/// <c>passkey_added</c>, <c>passkey_removed</c>, <c>session_ended</c>, <c>key_made</c> or <c>key_revoked</c>.</param>
/// <param name="Address">Of the machine it came from; empty for the operator's command line.</param>
/// <param name="Agent">What the browser or program called itself.</param>
/// <param name="Detail">How, or which: <c>password</c>, <c>code</c>, <c>link</c>, <c>passkey</c>, or the name of what was added, ended or
/// removed.</param>
public sealed record AccountEventResponse(Guid Id, string Kind, DateTimeOffset At, string Address, string Agent, string? Detail);

/// <summary>A new password with the token of a reset link. All sessions of the person end.</summary>
public sealed record ResetPasswordRequest
{
    /// <summary><c>gg_reset_…</c></summary>
    [Required, StringLength(200)]
    public required string Token { get; init; }

    /// <example>a long enough phrase</example>
    [Required, StringLength(256, MinimumLength = 10)]
    public required string NewPassword { get; init; }
}

/// <summary>A session: send the token as <c>Authorization: Bearer</c>.</summary>
/// <param name="Token">Shown this once.</param>
public sealed record SessionResponse(
    string Token,
    DateTimeOffset ExpiresAt,
    UserResponse User,
    IReadOnlyList<MembershipResponse> Organizations
)
{
    /// <summary>Keep it on this machine and send it with the next sign-in. It lasts 400 days, or until the password changes; null where the
    /// installation has no key folder.</summary>
    public string? Device { get; init; }
}

/// <param name="IsOperator">May edit plans and see the whole installation.</param>
public sealed record UserResponse(Guid Id, string Email, string DisplayName, bool IsOperator);

/// <param name="Role"><c>viewer</c>, <c>editor</c>, <c>admin</c> or <c>owner</c>.</param>
public sealed record MembershipResponse(string Slug, string Name, string Role);

/// <summary>Who the token speaks for.</summary>
/// <param name="SecondFactor">Signing in asks for a code beside the password.</param>
/// <param name="MayCreateOrganizations">Where registration is closed, only the operator may.</param>
/// <param name="DiskIsShort">The server has no disk space left: uploads are refused, and imports and runs wait until the operator frees
/// some.</param>
public sealed record MeResponse(
    UserResponse User,
    IReadOnlyList<MembershipResponse> Organizations,
    bool SecondFactor,
    bool MayCreateOrganizations,
    bool DiskIsShort
);

/// <summary>How the installation stands before anybody signs in.</summary>
/// <param name="NeedsSetup">No operator yet: only the setup link can register.</param>
/// <param name="RegistrationOpen">Anybody may register.</param>
/// <param name="SendsMail">A link to set a new password comes by mail; else the operator makes one.</param>
/// <param name="Passkeys">Browsers can keep passkeys for the installation's address.</param>
public sealed record InstallationResponse(bool NeedsSetup, bool RegistrationOpen, string Version, bool SendsMail, bool Passkeys);
