namespace GpuGeek.Infrastructure.Accounts;

public enum AccountEventKind
{
    Registered,
    SignedIn,

    /// <summary>A wrong password, or a wrong code after the right one.</summary>
    SignInFailed,

    /// <summary>Too many failed attempts: the account is locked for a while.</summary>
    LockedOut,
    SignedOut,
    PasswordChanged,
    PasswordReset,

    /// <summary>The operator created a link to set a new password.</summary>
    ResetLinkMade,
    SecondFactorOn,
    SecondFactorOff,
    PasskeyAdded,
    PasskeyRemoved,

    /// <summary>A session that was ended from another session of the person.</summary>
    SessionEnded,
    KeyMade,
    KeyRevoked,
}

/// <summary>A security event of a person's account. Never modified; deleted with the account.</summary>
public sealed class AccountEvent
{
    public const int MaxText = 200;

    public required Guid Id { get; init; }
    public required Guid UserId { get; init; }
    public required AccountEventKind Kind { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>IP address of the person's machine.</summary>
    public required string Address { get; init; }

    /// <summary>Name that the browser or program gave.</summary>
    public required string Agent { get; init; }

    /// <summary>The method or name: <c>password</c>, <c>passkey</c>, <c>link</c>, <c>code</c>, the name of a passkey or key.</summary>
    public string? Detail { get; init; }

    public static AccountEvent Of(Guid user, AccountEventKind kind, DateTimeOffset now, string address, string agent, string? detail) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            UserId = user,
            Kind = kind,
            At = now,
            Address = Cut(address),
            Agent = Cut(agent),
            Detail = detail is null ? null : Cut(detail),
        };

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText];
}
