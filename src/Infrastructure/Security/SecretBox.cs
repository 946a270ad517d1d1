using System.Security.Cryptography;
using GpuGeek.Domain.Common;

namespace GpuGeek.Infrastructure.Security;

/// <summary>
/// Encrypts secrets that must be read again, in the database and its backups: AES-256-GCM with a key in a file of the key folder. The
/// owner's name is authenticated data, so that a secret copied to another row cannot be decrypted.
/// </summary>
/// <param name="folder">The installation's key folder; null: nothing can be encrypted.</param>
/// <param name="fileName">The key's file, created at the first use.</param>
/// <param name="missing">The exception if there is no folder.</param>
internal sealed class SecretBox(string? folder, string fileName, Func<DomainException> missing)
{
    private const int NonceBytes = 12,
        TagBytes = 16,
        IdBytes = SealingKeys.IdBytes;
    private readonly Lazy<SealingKeys> _keys = new(
        () => new(folder is { Length: > 0 } ? folder : throw missing(), fileName),
        LazyThreadSafetyMode.PublicationOnly
    );

    public bool HasFolder => folder is { Length: > 0 };

    /// <exception cref="DomainException">The installation has no key folder.</exception>
    public SealingKeys Keys => _keys.Value;

    /// <returns>Key id, nonce, tag, ciphertext.</returns>
    /// <exception cref="DomainException">The installation has no key folder.</exception>
    public byte[] Seal(ReadOnlySpan<byte> owner, ReadOnlySpan<byte> plain)
    {
        var key = Keys.Sealing();
        var box = new byte[IdBytes + NonceBytes + TagBytes + plain.Length];
        SealingKeys.Id(key).CopyTo(box, 0);
        var nonce = box.AsSpan(IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(IdBytes + NonceBytes + TagBytes), box.AsSpan(IdBytes + NonceBytes, TagBytes), owner);
        return box;
    }

    /// <exception cref="CryptographicException">It was encrypted with another key, or belongs to another owner.</exception>
    public byte[] Open(ReadOnlySpan<byte> owner, byte[] box)
    {
        if (box.Length < IdBytes + NonceBytes + TagBytes)
            throw new CryptographicException("The encrypted secret is too short.");
        var key =
            Keys.Opening(box.AsSpan(0, IdBytes))
            ?? throw new CryptographicException(
                $"The secret was encrypted with another {fileName}: restore the key folder from the backup."
            );
        var plain = new byte[box.Length - IdBytes - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            box.AsSpan(IdBytes, NonceBytes),
            box.AsSpan(IdBytes + NonceBytes + TagBytes),
            box.AsSpan(IdBytes + NonceBytes, TagBytes),
            plain,
            owner
        );
        return plain;
    }

    /// <returns>The same secret, encrypted with the current key; null if it already is.</returns>
    /// <exception cref="CryptographicException">It was encrypted with another key, or belongs to another owner.</exception>
    public byte[]? Reseal(ReadOnlySpan<byte> owner, byte[] box) =>
        box.AsSpan(0, Math.Min(box.Length, IdBytes)).SequenceEqual(SealingKeys.Id(Keys.Sealing())) ? null : Seal(owner, Open(owner, box));
}
