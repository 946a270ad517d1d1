using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Accounts;

/// <summary>A passkey of the account.</summary>
/// <param name="Name">Name given by the owner.</param>
/// <param name="IsBackedUp">Synchronised to other devices of the owner.</param>
public sealed record PasskeyResponse(Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, bool IsBackedUp);

/// <summary>Options for the authenticator. Valid once, for five minutes.</summary>
/// <param name="Id">Send it back with the response.</param>
/// <param name="Options">JSON for <c>PublicKeyCredential.parseCreationOptionsFromJSON</c> or <c>parseRequestOptionsFromJSON</c> (WebAuthn
/// level 3).</param>
public sealed record PasskeyChallengeResponse(Guid Id, string Options);

/// <summary>Starts the registration of a passkey.</summary>
public sealed record BeginPasskeyRequest
{
    /// <summary>Required unless the session is at most ten minutes old.</summary>
    [StringLength(256)]
    public string? Password { get; init; }
}

/// <summary>The authenticator's response: registers a passkey.</summary>
public sealed record AddPasskeyRequest
{
    /// <summary><c>id</c> of the registration that this session started.</summary>
    [Required]
    public required Guid Challenge { get; init; }

    /// <summary>The credential's <c>toJSON()</c>, as a string.</summary>
    [Required, StringLength(64 * 1024)]
    public required string Credential { get; init; }

    /// <summary>Name for the passkey.</summary>
    /// <example>Ann's phone</example>
    [Required, StringLength(100, MinimumLength = 1)]
    public required string Name { get; init; }
}

/// <summary>Starts a sign-in with a passkey.</summary>
public sealed record BeginPasskeySignInRequest
{
    /// <summary>A random secret of the browser, at least 32 characters. The sign-in can only be completed with the same secret.</summary>
    /// <example>0b7d7a5e4d6f4f0d9f6a3a1c5e8b2d47</example>
    [Required, StringLength(200, MinimumLength = 32)]
    public required string Browser { get; init; }
}

/// <summary>The authenticator's response: signs in.</summary>
public sealed record PasskeySignInRequest
{
    /// <summary><c>id</c> of the sign-in that was started.</summary>
    [Required]
    public required Guid Challenge { get; init; }

    /// <summary>The secret that was sent at the start.</summary>
    [Required, StringLength(200, MinimumLength = 32)]
    public required string Browser { get; init; }

    /// <summary>The credential's <c>toJSON()</c>, as a string.</summary>
    [Required, StringLength(64 * 1024)]
    public required string Credential { get; init; }
}
