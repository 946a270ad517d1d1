namespace GpuGeek.Infrastructure.Accounts;

/// <summary>A key pair whose private half is on a person's device (WebAuthn level 3): it signs in without a password, after the device
/// has verified the person.</summary>
public sealed class Passkey
{
    public required Guid Id { get; init; }
    public required Guid UserId { get; init; }

    /// <summary>Credential id from the device; unique in the installation.</summary>
    public required byte[] CredentialId { get; init; }

    /// <summary>COSE key.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>Name given by the person.</summary>
    public required string Name { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>Signature counter: a value that goes back reveals a copied key.</summary>
    public long SignCount { get; set; }
    public string[] Transports { get; init; } = [];
    public bool IsUserVerified { get; set; }
    public bool IsBackupEligible { get; init; }

    /// <summary>Synchronised to other devices of the person.</summary>
    public bool IsBackedUp { get; set; }
    public required byte[] AttestationObject { get; init; }
    public required byte[] ClientDataJson { get; init; }
}

/// <summary>A challenge that waits for a device's response: valid once, for one browser.</summary>
public sealed class PasskeyChallenge
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public required Guid Id { get; init; }

    /// <summary>SHA-256 of a secret that only the requesting browser has: its session, or before signing in a cookie.</summary>
    public required byte[] Browser { get; init; }

    /// <summary>The person who registers a passkey; null: a sign-in.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The state that Identity compares with the response.</summary>
    public required string State { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
}
