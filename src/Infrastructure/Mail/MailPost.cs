using System.Security.Cryptography;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Mail;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Infrastructure.Mail;

/// <summary>
/// Sends queued mail. A mail is claimed with a lease and deleted once the server has accepted it: a process that dies in between sends it
/// twice rather than never.
/// </summary>
public sealed partial class MailPost(
    IDbContexts contexts,
    MailOutbox outbox,
    IMailSender sender,
    TimeProvider clock,
    ILogger<MailPost> logger
)
{
    /// <summary>Lifetime of a password reset link, and of the request for one.</summary>
    public static readonly TimeSpan ResetLifetime = TimeSpan.FromHours(1);

    /// <summary>Maximum number of links for one account within <see cref="ResetLifetime"/>: more would only fill somebody's
    /// mailbox.</summary>
    public const int ResetLinksPerAccount = 3;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(3),
        FirstDelay = TimeSpan.FromSeconds(20),
        LongestDelay = TimeSpan.FromMinutes(30);

    /// <summary>Claims the mail that has been due longest; null if none is due.</summary>
    public async Task<QueuedMail?> NextAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = contexts.System();
        var claimed = await db
            .Mails.FromSql(
                $"""
                UPDATE mails SET attempts = attempts + 1, due_at = {now + Lease}
                WHERE id = (SELECT id FROM mails WHERE due_at <= {now} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *
                """
            )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return claimed.SingleOrDefault();
    }

    /// <summary>Sends a claimed mail, or postpones it if the server does not accept it now.</summary>
    public async Task SendAsync(QueuedMail mail, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = contexts.System();
        if (mail.ExpiresAt <= now)
        {
            LogTooLate(mail.Id, mail.Attempts);
            await DeleteAsync(db, mail, cancellationToken);
            return;
        }
        try
        {
            await SendAsync(db, mail, now, cancellationToken);
            await DeleteAsync(db, mail, CancellationToken.None);
        }
        catch (MailException refused) when (refused.IsFinal)
        {
            LogRefused(mail.Id, refused.Message);
            await DeleteAsync(db, mail, cancellationToken);
        }
        catch (MailException failure)
        {
            LogLater(mail.Id, mail.Attempts, failure.Message);
            var next = now + Delay(mail.Attempts);
            await db.Mails.Where(m => m.Id == mail.Id).ExecuteUpdateAsync(set => set.SetProperty(m => m.DueAt, next), cancellationToken);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or DomainException)
        {
            // The key may come back with a restored folder, until the mail expires.
            LogUnreadable(unreadable, mail.Id);
        }
    }

    private async Task SendAsync(GpuGeekDbContext db, QueuedMail mail, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var content = outbox.Open(mail);
        if (content.Kind == MailKind.ResetLink)
            await SendResetLinkAsync(db, content, now, cancellationToken);
        else
            await sender.SendAsync(MailTexts.Compose(content), cancellationToken);
    }

    /// <summary>The link's token is created here and exists only in the mail. It becomes valid when the server has accepted the
    /// mail.</summary>
    private async Task SendResetLinkAsync(GpuGeekDbContext db, MailContent content, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var normalized = content.To.ToUpperInvariant();
        if (await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.NormalizedEmail == normalized, cancellationToken) is not { } user)
            return;
        var since = now - ResetLifetime;
        if (
            await db.Tokens.CountAsync(
                t => t.Kind == TokenKind.PasswordReset && t.UserId == user.Id && t.CreatedAt > since,
                cancellationToken
            ) >= ResetLinksPerAccount
        )
        {
            LogTooMany(user.Id);
            return;
        }
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var token = await ResetLinks.MakeAsync(db, user.Id, "asked for by mail", ResetLifetime, now, cancellationToken);
        // To the address of the account, not to the address as it was typed.
        await sender.SendAsync(
            MailTexts.Compose(
                content with
                {
                    To = user.Email!,
                    Name = user.DisplayName,
                    Link = $"{content.Origin}/reset-password#{token}",
                }
            ),
            cancellationToken
        );
        await transaction.CommitAsync(CancellationToken.None);
    }

    private static TimeSpan Delay(int attempts) =>
        TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(attempts - 1, 20)));

    private static Task<int> DeleteAsync(GpuGeekDbContext db, QueuedMail mail, CancellationToken cancellationToken) =>
        db.Mails.Where(m => m.Id == mail.Id).ExecuteDeleteAsync(cancellationToken);

    [LoggerMessage(LogLevel.Warning, "Sending mail {Mail} failed at attempt {Attempt}; retrying later: {Reason}")]
    private partial void LogLater(Guid mail, int attempt, string reason);

    [LoggerMessage(LogLevel.Warning, "Sending mail {Mail} failed; no retry: {Reason}")]
    private partial void LogRefused(Guid mail, string reason);

    [LoggerMessage(LogLevel.Warning, "Mail {Mail} expired after {Attempts} failed attempts; no retry")]
    private partial void LogTooLate(Guid mail, int attempts);

    [LoggerMessage(LogLevel.Warning, "Password reset link refused: too many requests for user {User} within the hour")]
    private partial void LogTooMany(Guid user);

    [LoggerMessage(LogLevel.Error, "Mail {Mail} cannot be decrypted")]
    private partial void LogUnreadable(Exception failure, Guid mail);
}
