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
    private const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16, IdBytes = 4;
    private readonly Lazy<byte[]> _key = new(() => ReadOrCreate(folder, fileName, missing), LazyThreadSafetyMode.PublicationOnly);

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

    private static byte[] ReadOrCreate(string? folder, string fileName, Func<DomainException> missing)
    {
        if (folder is not { Length: > 0 }) throw missing();
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, fileName);
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
