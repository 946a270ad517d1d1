using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Accounts;

/// <summary>A passkey of the account.</summary>
/// <param name="Name">What its person calls it.</param>
/// <param name="IsBackedUp">Synchronised to other devices of the person.</param>
public sealed record PasskeyResponse(Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, bool IsBackedUp);

/// <summary>What a device is asked. Good once, within five minutes.</summary>
/// <param name="Id">Comes back with the answer.</param>
/// <param name="Options">JSON for <c>PublicKeyCredential.parseCreationOptionsFromJSON</c> or <c>parseRequestOptionsFromJSON</c> (WebAuthn
/// level 3).</param>
public sealed record PasskeyChallengeResponse(Guid Id, string Options);

/// <summary>Begins a passkey for the account.</summary>
public sealed record BeginPasskeyRequest
{
    /// <summary>Needed unless the session began within the last ten minutes.</summary>
    [StringLength(256)]
    public string? Password { get; init; }
}

/// <summary>A device's answer: a new passkey.</summary>
public sealed record AddPasskeyRequest
{
    /// <summary><c>id</c> of what was begun by this session.</summary>
    [Required]
    public required Guid Challenge { get; init; }

    /// <summary>The credential's <c>toJSON()</c>, as text.</summary>
    [Required, StringLength(64 * 1024)]
    public required string Credential { get; init; }

    /// <summary>What the person calls it.</summary>
    /// <example>Ann's telephone</example>
    [Required, StringLength(100, MinimumLength = 1)]
    public required string Name { get; init; }
}

/// <summary>Begins signing in with a passkey.</summary>
public sealed record BeginPasskeySignInRequest
{
    /// <summary>A secret of the asking browser, at least 32 characters: only who sends it again can use the answer.</summary>
    /// <example>0b7d7a5e4d6f4f0d9f6a3a1c5e8b2d47</example>
    [Required, StringLength(200, MinimumLength = 32)]
    public required string Browser { get; init; }
}

/// <summary>A device's answer: signs in.</summary>
public sealed record PasskeySignInRequest
{
    /// <summary><c>id</c> of what was begun.</summary>
    [Required]
    public required Guid Challenge { get; init; }

    /// <summary>The same secret as at the beginning.</summary>
    [Required, StringLength(200, MinimumLength = 32)]
    public required string Browser { get; init; }

    /// <summary>The credential's <c>toJSON()</c>, as text.</summary>
    [Required, StringLength(64 * 1024)]
    public required string Credential { get; init; }
}
