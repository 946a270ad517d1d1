namespace GpuGeek.Infrastructure.Accounts;

public enum AccountEventKind
{
    Registered,
    SignedIn,

    /// <summary>A wrong password, or a wrong code after the right one.</summary>
    SignInFailed,

    /// <summary>So many failed that the account is locked for a while.</summary>
    LockedOut,
    SignedOut,
    PasswordChanged,
    PasswordReset,

    /// <summary>The operator made a link to set a new password.</summary>
    ResetLinkMade,
    SecondFactorOn,
    SecondFactorOff,
    PasskeyAdded,
    PasskeyRemoved,

    /// <summary>One of the person's sessions, ended from another.</summary>
    SessionEnded,
    KeyMade,
    KeyRevoked,
}

/// <summary>What happened to a person's account. Never changed; it goes with the account.</summary>
public sealed class AccountEvent
{
    public const int MaxText = 200;

    public required Guid Id { get; init; }
    public required Guid UserId { get; init; }
    public required AccountEventKind Kind { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Of the person's machine.</summary>
    public required string Address { get; init; }

    /// <summary>What the browser or program called itself.</summary>
    public required string Agent { get; init; }

    /// <summary>How, or which: <c>password</c>, <c>passkey</c>, <c>link</c>, <c>code</c>, the name of a passkey or key.</summary>
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
