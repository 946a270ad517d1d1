using System.Security.Cryptography;
using System.Text;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Security;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Webhooks;

/// <summary>Encrypts signing secrets: Api and Worker, which share the key folder, can read them; the database alone is not
/// enough.</summary>
public sealed class WebhookSecrets(IOptions<KeyFolderOptions> options)
{
    private readonly SecretBox _box = new(
        options.Value.Folder,
        "webhooks.key",
        () =>
            new(
                "webhooks_not_set_up",
                "This installation has no key folder, so webhook secrets cannot be stored.",
                "Ask the operator to set GPUGEEK_KEYS for Api and Worker."
            )
    );

    /// <exception cref="DomainException">The installation has no key folder.</exception>
    public byte[] Protect(Guid org, Guid webhook, string secret) => _box.Seal(Owner(org, webhook), Encoding.ASCII.GetBytes(secret));

    /// <exception cref="CryptographicException">It was encrypted with another key, or belongs to another row.</exception>
    public string Unprotect(Guid org, Guid webhook, byte[] sealedSecret) =>
        Encoding.ASCII.GetString(_box.Open(Owner(org, webhook), sealedSecret));

    /// <summary>The current signing secrets: the secret, and for a day after a rotation the previous one.</summary>
    public IReadOnlyList<string> Signing(Webhook webhook, DateTimeOffset now) =>
        webhook.OldSecret is { } old && webhook.OldSecretUntil > now
            ? [Unprotect(webhook.OrgId, webhook.Id, webhook.Secret), Unprotect(webhook.OrgId, webhook.Id, old)]
            : [Unprotect(webhook.OrgId, webhook.Id, webhook.Secret)];

    internal SecretBox Box => _box;

    internal byte[]? Reseal(Webhook webhook, byte[] secret) => _box.Reseal(Owner(webhook.OrgId, webhook.Id), secret);

    private static byte[] Owner(Guid org, Guid webhook) => [.. org.ToByteArray(), .. webhook.ToByteArray()];
}
