using System.Security.Cryptography;
using System.Text;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Webhooks;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Webhooks;

/// <summary>
/// Keeps signing secrets unreadable in the database and its backups: AES-256-GCM with a key beside the key ring. The organisation's and the webhook's id are
/// authenticated with them, so that a secret copied to another row does not open.
/// </summary>
public sealed class WebhookSecrets(IOptions<WebhookOptions> options)
{
    private const string FileName = "webhooks.key";
    private const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16, IdBytes = 4;
    private readonly Lazy<byte[]> _key = new(() => ReadOrCreate(options.Value.KeysFolder), LazyThreadSafetyMode.PublicationOnly);

    /// <returns>Key id, nonce, tag, ciphertext.</returns>
    /// <exception cref="DomainException">The installation has no key folder.</exception>
    public byte[] Protect(Guid org, Guid webhook, string secret)
    {
        var plain = Encoding.ASCII.GetBytes(secret);
        var sealedSecret = new byte[IdBytes + NonceBytes + TagBytes + plain.Length];
        KeyId().CopyTo(sealedSecret, 0);
        var nonce = sealedSecret.AsSpan(IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key.Value, TagBytes);
        aes.Encrypt(nonce, plain, sealedSecret.AsSpan(IdBytes + NonceBytes + TagBytes), sealedSecret.AsSpan(IdBytes + NonceBytes, TagBytes), Owner(org, webhook));
        return sealedSecret;
    }

    /// <exception cref="CryptographicException">Another key made it, or it belongs to another row.</exception>
    public string Unprotect(Guid org, Guid webhook, byte[] sealedSecret)
    {
        if (!sealedSecret.AsSpan(0, IdBytes).SequenceEqual(KeyId())) throw new CryptographicException($"The secret was made with another {FileName}: restore the key folder, or rotate the webhook's secret.");
        var plain = new byte[sealedSecret.Length - IdBytes - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key.Value, TagBytes);
        aes.Decrypt(sealedSecret.AsSpan(IdBytes, NonceBytes), sealedSecret.AsSpan(IdBytes + NonceBytes + TagBytes), sealedSecret.AsSpan(IdBytes + NonceBytes, TagBytes), plain, Owner(org, webhook));
        return Encoding.ASCII.GetString(plain);
    }

    /// <summary>What signs now: the secret, and for a day after a rotation the one before.</summary>
    public IReadOnlyList<string> Signing(Webhook webhook, DateTimeOffset now) =>
        webhook.OldSecret is { } old && webhook.OldSecretUntil > now
            ? [Unprotect(webhook.OrgId, webhook.Id, webhook.Secret), Unprotect(webhook.OrgId, webhook.Id, old)]
            : [Unprotect(webhook.OrgId, webhook.Id, webhook.Secret)];

    private byte[] KeyId() => SHA256.HashData(_key.Value)[..IdBytes];

    private static byte[] Owner(Guid org, Guid webhook) => [.. org.ToByteArray(), .. webhook.ToByteArray()];

    private static byte[] ReadOrCreate(string? folder)
    {
        if (folder is not { Length: > 0 })
            throw new DomainException("webhooks_not_set_up", "This installation has no folder for keys, so secrets of webhooks cannot be kept.", "Ask the operator to set GPUGEEK_KEYS for Api and Worker.");
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, FileName);
        if (!File.Exists(path)) Create(path);
        var key = File.ReadAllBytes(path);
        return key.Length == KeyBytes ? key : throw new CryptographicException($"{path} does not hold {KeyBytes} bytes: restore it from the backup.");
    }

    // Whole or not at all, and the first of several processes wins.
    private static void Create(string path)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(KeyBytes));
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }
}
