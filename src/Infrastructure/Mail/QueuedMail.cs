namespace GpuGeek.Infrastructure.Mail;

/// <summary>A mail that waits to be handed over: its own outbox, written in the transaction of what it tells of, and gone when the server
/// has taken it.</summary>
public sealed class QueuedMail
{
    public required Guid Id { get; init; }

    /// <summary>A <see cref="MailContent"/>, sealed: it names people and may hold a link's token.</summary>
    public required byte[] Content { get; init; }
    public int Attempts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is tried next; while somebody tries, the end of their lease.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>After that it would only confuse.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

public enum MailKind
{
    /// <summary>Somebody asked for a link to set a new password: whether the address is known is looked up when it is sent.</summary>
    ResetLink,
    PasswordChanged,
    PasswordReset,
    SecondFactorRemoved,
    PasskeyAdded,
    Invitation,
}

/// <summary>What a mail is about.</summary>
/// <param name="Language"><c>en</c> or <c>zh-Hans</c>.</param>
/// <param name="Origin">The installation's public address, as its options say it: no request can change where links lead.</param>
/// <param name="Name">Of the person; null for one who is not known yet.</param>
public sealed record MailContent(MailKind Kind, string To, string Language, string Origin, string? Name = null)
{
    /// <summary>For an invitation: its address with the token.</summary>
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
