using System.Net.Sockets;
using GpuGeek.Domain.Mail;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace GpuGeek.Infrastructure.Mail;

/// <summary>Sends mail to an SMTP server, with one connection per mail: mail is rare here.</summary>
internal sealed class SmtpMailSender(IOptions<SmtpOptions> options) : IMailSender
{
    public async Task SendAsync(MailMessage message, CancellationToken cancellationToken)
    {
        var smtp = options.Value;
        using var mime = Mime(message, smtp.From);
        using var client = new SmtpClient { Timeout = (int)smtp.Timeout.TotalMilliseconds };
        try
        {
            await client.ConnectAsync(smtp.Host, smtp.Port, Security(smtp.Security), cancellationToken);
            if (smtp.User is { Length: > 0 } user)
                await client.AuthenticateAsync(user, smtp.Password ?? "", cancellationToken);
            await client.SendAsync(mime, cancellationToken);
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (SmtpCommandException refused)
        {
            throw new MailException($"The mail server responded with {(int)refused.StatusCode}.", IsFinal(refused), refused);
        }
        catch (Exception failure)
            when (failure
                    is SocketException
                        or IOException
                        or TimeoutException
                        or ProtocolException
                        or CommandException
                        or AuthenticationException
                        or SslHandshakeException
                        or NotSupportedException
            )
        {
            throw new MailException(
                $"The mail server {smtp.Host}:{smtp.Port} could not be reached or refused the sign-in: {failure.GetType().Name}.",
                isFinal: false,
                failure
            );
        }
    }

    /// <exception cref="MailException">The address is invalid.</exception>
    internal static MimeMessage Mime(MailMessage message, string from)
    {
        if (
            !MailboxAddress.TryParse(message.To, out var to)
            || to.Address != message.To
            || !to.Address.Contains('@', StringComparison.Ordinal)
        )
            throw new MailException("The address is not an email address.", isFinal: true);
        var mime = new MimeMessage
        {
            Subject = OneLine(message.Subject),
            Body = new BodyBuilder { TextBody = message.Text, HtmlBody = message.Html }.ToMessageBody(),
        };
        mime.From.Add(MailboxAddress.Parse(from));
        mime.To.Add(to);
        // Prevents automatic replies.
        mime.Headers.Add("Auto-Submitted", "auto-generated");
        return mime;
    }

    // Only errors of the recipient or the content are permanent; a full or busy server is not.
    private static bool IsFinal(SmtpCommandException refused) =>
        refused.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted && (int)refused.StatusCode >= 500;

    private static SecureSocketOptions Security(string name) =>
        name switch
        {
            SmtpOptions.Tls => SecureSocketOptions.SslOnConnect,
            SmtpOptions.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        };

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
