namespace GpuGeek.Infrastructure.Accounts;

/// <summary>A person's time-based codes (RFC 6238) and the codes for the day the telephone is lost.</summary>
public sealed class SecondFactor
{
    public required Guid UserId { get; init; }

    /// <summary>Shared secret, sealed.</summary>
    public required byte[] Secret { get; set; }

    /// <summary>Null until a first code has shown that the person's device knows the secret: before, signing in does not ask for
    /// one.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>Time step of the last code that was taken: a code is good once.</summary>
    public long LastStep { get; set; }

    /// <summary>SHA-256 of the recovery codes that are left.</summary>
    public byte[][] RecoveryCodes { get; set; } = [];
    public required DateTimeOffset CreatedAt { get; set; }
}
