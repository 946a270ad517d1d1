namespace GpuGeek.Infrastructure.Accounts;

/// <summary>A key pair of which a person's device keeps the secret half (WebAuthn level 3): it signs in without a password, after the
/// device has recognised the person.</summary>
public sealed class Passkey
{
    public required Guid Id { get; init; }
    public required Guid UserId { get; init; }

    /// <summary>The device's name for it; unique in the installation.</summary>
    public required byte[] CredentialId { get; init; }

    /// <summary>COSE key.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>What the person calls it.</summary>
    public required string Name { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>Devices that count their signatures betray a copy of the key by a count that goes back.</summary>
    public long SignCount { get; set; }
    public string[] Transports { get; init; } = [];
    public bool IsUserVerified { get; set; }
    public bool IsBackupEligible { get; init; }

    /// <summary>Synchronised to other devices of the person.</summary>
    public bool IsBackedUp { get; set; }
    public required byte[] AttestationObject { get; init; }
    public required byte[] ClientDataJson { get; init; }
}

/// <summary>A challenge that waits for a device's answer: good once, for one browser.</summary>
public sealed class PasskeyChallenge
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public required Guid Id { get; init; }

    /// <summary>SHA-256 of what only the asking browser holds: its session, or before signing in a cookie.</summary>
    public required byte[] Browser { get; init; }

    /// <summary>Whose passkey is made; null: signing in.</summary>
    public Guid? UserId { get; init; }

    /// <summary>What Identity compares the answer with.</summary>
    public required string State { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
}
