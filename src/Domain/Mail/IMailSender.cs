namespace GpuGeek.Domain.Mail;

/// <summary>One mail to one person, as plain text and as simple HTML.</summary>
/// <param name="To">One address, without a name.</param>
/// <param name="Subject">One line.</param>
public sealed record MailMessage(string To, string Subject, string Text, string Html);

/// <summary>Sends mail through a server.</summary>
public interface IMailSender
{
    /// <exception cref="MailException">The server was not reached, or refused the mail.</exception>
    Task SendAsync(MailMessage message, CancellationToken cancellationToken);
}

/// <summary>A mail was refused.</summary>
/// <param name="isFinal">A retry cannot help, for instance because the address does not exist.</param>
public sealed class MailException(string message, bool isFinal, Exception? inner = null) : Exception(message, inner)
{
    public bool IsFinal { get; } = isFinal;
}
