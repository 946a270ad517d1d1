namespace GpuGeek.Infrastructure.Accounts;

/// <summary>A person's time-based codes (RFC 6238), and recovery codes for a lost phone.</summary>
public sealed class SecondFactor
{
    public required Guid UserId { get; init; }

    /// <summary>Shared secret, encrypted.</summary>
    public required byte[] Secret { get; set; }

    /// <summary>Null until a first code has proved that the person's device has the secret: before that, signing in does not need a
    /// code.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>Time step of the last accepted code: a code is valid once.</summary>
    public long LastStep { get; set; }

    /// <summary>SHA-256 of the remaining recovery codes.</summary>
    public byte[][] RecoveryCodes { get; set; } = [];
    public required DateTimeOffset CreatedAt { get; set; }
}
