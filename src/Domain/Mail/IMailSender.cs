namespace GpuGeek.Domain.Mail;

/// <summary>One mail to one person, in plain text and as simple HTML.</summary>
/// <param name="To">One address, without a name.</param>
/// <param name="Subject">One line.</param>
public sealed record MailMessage(string To, string Subject, string Text, string Html);

/// <summary>Hands mail to a server that carries it.</summary>
public interface IMailSender
{
    /// <exception cref="MailException">The server was not reached, or did not take the mail.</exception>
    Task SendAsync(MailMessage message, CancellationToken cancellationToken);
}

/// <summary>A mail was not taken.</summary>
/// <param name="isFinal">Trying again cannot help: the address does not exist, for instance.</param>
public sealed class MailException(string message, bool isFinal, Exception? inner = null) : Exception(message, inner)
{
    public bool IsFinal { get; } = isFinal;
}
