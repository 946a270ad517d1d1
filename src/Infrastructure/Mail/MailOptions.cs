using System.ComponentModel.DataAnnotations;
using System.Net;
using MimeKit;

namespace GpuGeek.Infrastructure.Mail;

/// <summary>Mail settings of every process: whether the installation sends mail. Set by <c>GPUGEEK_SMTP_HOST</c> and
/// <c>GPUGEEK_KEYS</c>.</summary>
public sealed class MailOptions : IValidatableObject
{
    /// <summary>Password reset links, invitations and notices are sent by mail.</summary>
    public bool IsOn { get; set; }

    /// <summary>Folder with the file <c>mail.key</c>, shared by Api and Worker: queued mail contains tokens and is encrypted in the
    /// database.</summary>
    public string? KeysFolder { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsOn && KeysFolder is not { Length: > 0 })
            yield return new(
                "GPUGEEK_SMTP_HOST is set, but GPUGEEK_KEYS is not: queued mail is encrypted with a key in that folder, which Api and "
                    + "Worker share."
            );
    }
}

/// <summary>Settings of the mail server, for the process that sends mail. Set by the variables <c>GPUGEEK_SMTP_…</c>.</summary>
public sealed class SmtpOptions : IValidatableObject
{
    public const string StartTls = "starttls",
        Tls = "tls",
        None = "none";

    /// <summary><c>GPUGEEK_SMTP_HOST</c>: name or address of the server.</summary>
    [Required(ErrorMessage = "GPUGEEK_SMTP_HOST is not set: it is the name of the mail server.")]
    public string Host { get; set; } = "";

    /// <summary><c>GPUGEEK_SMTP_PORT</c>: 587 unless set; 465 is usual for <c>tls</c>.</summary>
    [Range(1, 65535, ErrorMessage = "GPUGEEK_SMTP_PORT must be 1 to 65535.")]
    public int Port { get; set; } = 587;

    /// <summary><c>GPUGEEK_SMTP_USER</c>: null if the server needs no sign-in.</summary>
    public string? User { get; set; }

    /// <summary><c>GPUGEEK_SMTP_PASSWORD</c>: never logged.</summary>
    public string? Password { get; set; }

    /// <summary><c>GPUGEEK_SMTP_FROM</c>: <c>gpugeek@example.org</c> or <c>GpuGeek &lt;gpugeek@example.org&gt;</c>.</summary>
    [Required(ErrorMessage = "GPUGEEK_SMTP_FROM is not set: it is the sender address of mail, such as gpugeek@example.org.")]
    public string From { get; set; } = "";

    /// <summary><c>GPUGEEK_SMTP_SECURITY</c>: <c>starttls</c> (unless set), <c>tls</c> from the first byte, or <c>none</c> for a server on
    /// the same machine or network.</summary>
    [AllowedValues(StartTls, Tls, None, ErrorMessage = "GPUGEEK_SMTP_SECURITY must be starttls, tls or none.")]
    public string Security { get; set; } = StartTls;

    /// <summary>Time limit for each step of the SMTP conversation.</summary>
    internal TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!MailboxAddress.TryParse(From, out var from) || !from.Address.Contains('@', StringComparison.Ordinal))
            yield return new("GPUGEEK_SMTP_FROM is not an email address.");
        if (string.IsNullOrEmpty(User) != string.IsNullOrEmpty(Password))
            yield return new("GPUGEEK_SMTP_USER and GPUGEEK_SMTP_PASSWORD belong together: set both or neither.");
        if (Security == None && !string.IsNullOrEmpty(User) && !IsThisMachine)
            yield return new("GPUGEEK_SMTP_SECURITY=none would send the password unencrypted over the network: use starttls or tls.");
    }

    private bool IsThisMachine => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));
}
