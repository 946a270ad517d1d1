namespace GpuGeek.Infrastructure.Mail;

/// <summary>A queued mail: its own outbox, written in the transaction of its change, and deleted when the server has accepted
/// it.</summary>
public sealed class QueuedMail
{
    public required Guid Id { get; init; }

    /// <summary>A <see cref="MailContent"/>, encrypted: it names people and may contain a link's token.</summary>
    public required byte[] Content { get; init; }
    public int Attempts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Time of the next attempt; during an attempt, the end of its lease.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Expiry: a later mail would only confuse.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

public enum MailKind
{
    /// <summary>Somebody requested a password reset link: whether the address is known is looked up when it is sent.</summary>
    ResetLink,
    PasswordChanged,
    PasswordReset,
    SecondFactorRemoved,
    PasskeyAdded,
    Invitation,
}

/// <summary>The content of a mail.</summary>
/// <param name="Language"><c>en</c> or <c>zh-Hans</c>.</param>
/// <param name="Origin">The installation's public address from its options: no request can change where links lead.</param>
/// <param name="Name">Name of the person; null if not known yet.</param>
public sealed record MailContent(MailKind Kind, string To, string Language, string Origin, string? Name = null)
{
    /// <summary>For an invitation: its link with the token.</summary>
    public string? Link { get; init; }
    public string? Organization { get; init; }
    public string? InvitedBy { get; init; }

    /// <summary>When and from where an account was changed.</summary>
    public DateTimeOffset? At { get; init; }
    public string? Address { get; init; }
    public string? Agent { get; init; }

    /// <summary>Name of a passkey.</summary>
    public string? Detail { get; init; }
}
