using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Security;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Mail;

/// <summary>The queue of mail for the worker.</summary>
public sealed class MailOutbox(IOptions<MailOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan NoticeLifetime = TimeSpan.FromHours(24);

    private readonly SecretBox _box = new(
        options.Value.KeysFolder,
        "mail.key",
        () =>
            new(
                "mail_not_set_up",
                "This installation has no key folder, so mail cannot be queued.",
                "Ask the operator to set GPUGEEK_KEYS for Api and Worker."
            )
    );

    public bool IsOn => options.Value.IsOn;

    /// <summary>Adds the mail to the context, if the installation sends mail; the caller saves it with its change.</summary>
    public void Add(GpuGeekDbContext db, MailContent content)
    {
        if (!IsOn)
            return;
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var lifetime = content.Kind == MailKind.ResetLink ? MailPost.ResetLifetime : NoticeLifetime;
        db.Mails.Add(
            new()
            {
                Id = id,
                Content = _box.Seal(id.ToByteArray(), JsonSerializer.SerializeToUtf8Bytes(content)),
                CreatedAt = now,
                DueAt = now,
                ExpiresAt = now + lifetime,
            }
        );
    }

    /// <exception cref="CryptographicException">It was encrypted with another key.</exception>
    /// <exception cref="DomainException">The installation has no key folder.</exception>
    public MailContent Open(QueuedMail mail) => JsonSerializer.Deserialize<MailContent>(_box.Open(mail.Id.ToByteArray(), mail.Content))!;

    internal SecretBox Box => _box;

    internal byte[]? Reseal(QueuedMail mail) => _box.Reseal(mail.Id.ToByteArray(), mail.Content);
}
