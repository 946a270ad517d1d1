using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Accounts;

/// <summary>Registers a person and creates an organisation for them.</summary>
public sealed record RegisterRequest
{
    /// <summary>Email address of the person. It is also the name to sign in with.</summary>
    /// <example>ann@example.org</example>
    [Required, EmailAddress, StringLength(254)]
    public required string Email { get; init; }

    /// <summary>At least 10 characters of any kind; common passwords are refused.</summary>
    /// <example>a long enough phrase</example>
    [Required, StringLength(256, MinimumLength = 10)]
    public required string Password { get; init; }

    /// <summary>The name that other members see.</summary>
    /// <example>Ann</example>
    [Required, StringLength(100, MinimumLength = 1)]
    public required string DisplayName { get; init; }

    /// <summary>Name of the new organisation; its slug is derived from it. Required unless an invitation is sent.</summary>
    /// <example>Acme</example>
    [StringLength(100, MinimumLength = 1)]
    public string? Organization { get; init; }

    /// <summary>Token of an invitation link. The person joins that organisation, and can register even if registration is
    /// closed.</summary>
    [StringLength(200)]
    public string? Invitation { get; init; }

    /// <summary>The token of the setup link printed at the first start. It makes this person the operator. Required until there is an
    /// operator.</summary>
    [StringLength(200)]
    public string? SetupToken { get; init; }
}

/// <summary>Email and password. Or the challenge of a <c>second_factor_needed</c> response and a code, so that the password is sent only
/// once.</summary>
public sealed record SignInRequest : IValidatableObject
{
    /// <summary>Required without a challenge.</summary>
    /// <example>ann@example.org</example>
    [StringLength(254)]
    public string? Email { get; init; }

    /// <summary>Required without a challenge.</summary>
    /// <example>a long enough phrase</example>
    [StringLength(256)]
    public string? Password { get; init; }

    /// <summary>Six digits from the authenticator app, or a recovery code. Required if the account has a second factor.</summary>
    /// <example>123456</example>
    [StringLength(40)]
    public string? Code { get; init; }

    /// <summary>
    /// <c>challenge</c> of a <c>second_factor_needed</c> response, instead of email and password. It is valid for five minutes, from the
    /// same network address (IPv6: the same /64), and becomes invalid when the password changes.
    /// </summary>
    [StringLength(400)]
    public string? Challenge { get; init; }

    /// <summary>
    /// <c>device</c> of the last sign-in from this machine, if any. Failed attempts of this device are then counted separately, so that
    /// attempts by others cannot lock it out. It does not sign in by itself.
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

/// <summary>The secret for an authenticator app. Signing in needs codes only after the first code was confirmed.</summary>
/// <param name="Secret">Base32, for typing into the app.</param>
/// <param name="Uri"><c>otpauth://</c>, for a QR code.</param>
public sealed record SecondFactorResponse(string Secret, string Uri);

/// <summary>A code from the authenticator app.</summary>
public sealed record ConfirmSecondFactorRequest
{
    /// <example>123456</example>
    [Required, StringLength(10)]
    public required string Code { get; init; }
}

/// <param name="Codes">Recovery codes; each signs in once without the app. Shown only once.</param>
public sealed record RecoveryCodesResponse(IReadOnlyList<string> Codes);

/// <summary>Turns the second factor off; needs the password.</summary>
public sealed record RemoveSecondFactorRequest
{
    [Required, StringLength(256)]
    public required string Password { get; init; }
}

/// <summary>A session of a browser or program.</summary>
/// <param name="Name">Name that the client gave when it signed in.</param>
/// <param name="ExpiresAt">The session expires then, even if it is used.</param>
/// <param name="IsCurrent">True for the session that makes this request.</param>
/// <param name="EndsAt">The session expires then if it is not used.</param>
public sealed record SessionSummary(
    Guid Id,
    string Name,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? ExpiresAt,
    bool IsCurrent,
    DateTimeOffset? EndsAt
);

/// <summary>Signs in with the token of a one-time link.</summary>
public sealed record LinkSignInRequest
{
    /// <summary><c>gg_link_…</c></summary>
    [Required, StringLength(200)]
    public required string Token { get; init; }
}

/// <summary>Changes the password. All other sessions of the person end.</summary>
public sealed record ChangePasswordRequest
{
    [Required, StringLength(256)]
    public required string CurrentPassword { get; init; }

    [Required, StringLength(256, MinimumLength = 10)]
    public required string NewPassword { get; init; }
}

/// <summary>Requests a link to set a new password.</summary>
public sealed record ForgotPasswordRequest
{
    /// <summary>Email address of the account. The response is the same whether the account exists or not.</summary>
    /// <example>ann@example.org</example>
    [Required, EmailAddress, StringLength(254)]
    public required string Email { get; init; }
}

/// <summary>A security event of the account.</summary>
/// <param name="Kind"><c>registered</c>, <c>signed_in</c>, <c>sign_in_failed</c>, <c>locked_out</c>, <c>signed_out</c>,
/// <c>password_changed</c>, <c>password_reset</c>, <c>reset_link_made</c>, <c>second_factor_on</c>, <c>second_factor_off</c>,
/// <c>passkey_added</c>, <c>passkey_removed</c>, <c>session_ended</c>, <c>key_made</c> or <c>key_revoked</c>.</param>
/// <param name="Address">IP address of the client; empty for the operator's command line.</param>
/// <param name="Agent">Name that the browser or program gave.</param>
/// <param name="Detail">The method: <c>password</c>, <c>code</c>, <c>link</c>, <c>passkey</c>; or the name of the item that was added,
/// ended or removed.</param>
public sealed record AccountEventResponse(Guid Id, string Kind, DateTimeOffset At, string Address, string Agent, string? Detail);

/// <summary>Sets a new password with the token of a reset link. All sessions of the person end.</summary>
public sealed record ResetPasswordRequest
{
    /// <summary><c>gg_reset_…</c></summary>
    [Required, StringLength(200)]
    public required string Token { get; init; }

    /// <example>a long enough phrase</example>
    [Required, StringLength(256, MinimumLength = 10)]
    public required string NewPassword { get; init; }
}

/// <summary>A new session. Send the token as <c>Authorization: Bearer</c>.</summary>
/// <param name="Token">Shown only once.</param>
public sealed record SessionResponse(
    string Token,
    DateTimeOffset ExpiresAt,
    UserResponse User,
    IReadOnlyList<MembershipResponse> Organizations
)
{
    /// <summary>Store it on this machine and send it with the next sign-in. It is valid for 400 days, or until the password changes. Null
    /// if the installation has no key folder.</summary>
    public string? Device { get; init; }
}

/// <param name="IsOperator">Can edit plans and see the whole installation.</param>
public sealed record UserResponse(Guid Id, string Email, string DisplayName, bool IsOperator);

/// <param name="Role"><c>viewer</c>, <c>editor</c>, <c>admin</c> or <c>owner</c>.</param>
public sealed record MembershipResponse(string Slug, string Name, string Role);

/// <summary>The account that the token belongs to.</summary>
/// <param name="SecondFactor">Signing in needs a code as well as the password.</param>
/// <param name="MayCreateOrganizations">If registration is closed, only the operator can.</param>
/// <param name="DiskIsShort">The server has run out of disk space: uploads are refused, and imports and runs wait until the operator
/// frees space.</param>
public sealed record MeResponse(
    UserResponse User,
    IReadOnlyList<MembershipResponse> Organizations,
    bool SecondFactor,
    bool MayCreateOrganizations,
    bool DiskIsShort
);

/// <summary>Public settings of the installation, readable without a session.</summary>
/// <param name="NeedsSetup">There is no operator yet: only the setup link can register.</param>
/// <param name="RegistrationOpen">Anyone can register.</param>
/// <param name="SendsMail">True: password reset links are sent by email. False: the operator creates them.</param>
/// <param name="Passkeys">Passkeys can be used with the installation's address.</param>
public sealed record InstallationResponse(bool NeedsSetup, bool RegistrationOpen, string Version, bool SendsMail, bool Passkeys);
