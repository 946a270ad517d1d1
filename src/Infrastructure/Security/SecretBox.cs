using System.Security.Cryptography;
using GpuGeek.Domain.Common;

namespace GpuGeek.Infrastructure.Security;

/// <summary>
/// Keeps secrets that must be read again unreadable in the database and its backups: AES-256-GCM with a key in a file of the key folder. The owner's name is
/// authenticated with them, so that a secret copied to another row does not open.
/// </summary>
/// <param name="folder">The installation's key folder; null: nothing can be kept.</param>
/// <param name="fileName">The key's file, made at the first use.</param>
/// <param name="missing">What to answer where there is no folder.</param>
internal sealed class SecretBox(string? folder, string fileName, Func<DomainException> missing)
{
    private const int NonceBytes = 12, TagBytes = 16, IdBytes = 4;
    private readonly Lazy<byte[]> _key = new(
        () => KeyFile.ReadOrCreate(folder is { Length: > 0 } ? folder : throw missing(), fileName, path => new CryptographicException($"{path} does not hold {KeyFile.Bytes} bytes: restore it from the backup.")),
        LazyThreadSafetyMode.PublicationOnly);

    /// <returns>Key id, nonce, tag, ciphertext.</returns>
    /// <exception cref="DomainException">The installation has no key folder.</exception>
    public byte[] Seal(ReadOnlySpan<byte> owner, ReadOnlySpan<byte> plain)
    {
        var box = new byte[IdBytes + NonceBytes + TagBytes + plain.Length];
        KeyId().CopyTo(box, 0);
        var nonce = box.AsSpan(IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key.Value, TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(IdBytes + NonceBytes + TagBytes), box.AsSpan(IdBytes + NonceBytes, TagBytes), owner);
        return box;
    }

    /// <exception cref="CryptographicException">Another key made it, or it belongs to another owner.</exception>
    public byte[] Open(ReadOnlySpan<byte> owner, byte[] box)
    {
        if (!box.AsSpan(0, IdBytes).SequenceEqual(KeyId())) throw new CryptographicException($"The secret was made with another {fileName}: restore the key folder from the backup.");
        var plain = new byte[box.Length - IdBytes - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key.Value, TagBytes);
        aes.Decrypt(box.AsSpan(IdBytes, NonceBytes), box.AsSpan(IdBytes + NonceBytes + TagBytes), box.AsSpan(IdBytes + NonceBytes, TagBytes), plain, owner);
        return plain;
    }

    private byte[] KeyId() => SHA256.HashData(_key.Value)[..IdBytes];
}
