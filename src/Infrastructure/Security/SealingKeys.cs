using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace GpuGeek.Infrastructure.Security;

/// <summary>
/// The encryption key and, during a rotation, the previous one, which only decrypts. Every process reads the same folder, and reads the
/// file whenever the key must be current: a process with a cached key would keep encrypting with one that is about to be deleted.
/// </summary>
internal sealed class SealingKeys(string folder, string fileName)
{
    public const int IdBytes = 4;
    private readonly ConcurrentDictionary<uint, byte[]> _known = new();

    private string Current => Path.Combine(folder, fileName);
    private string Old => Current + ".old";
    private string Next => Current + ".next";

    /// <summary>Whether there is a key: without one nothing has been encrypted.</summary>
    public bool Exist => File.Exists(Current);

    /// <summary>The current encryption key, created at its first use.</summary>
    public byte[] Sealing() => Read(fileName);

    /// <returns>The key with the id at the start of a ciphertext; null if this folder does not have it.</returns>
    public byte[]? Opening(ReadOnlySpan<byte> id)
    {
        if (_known.TryGetValue(Number(id), out var known))
            return known;
        // In this order: a rotation saves the old key before it replaces it.
        foreach (var key in (byte[][])[Sealing(), .. File.Exists(Old) ? [Read(Path.GetFileName(Old))] : Array.Empty<byte[]>()])
            _known[Number(Id(key))] = key;
        return _known.GetValueOrDefault(Number(id));
    }

    /// <summary>From here on a new key encrypts and the previous one decrypts. An interrupted rotation is continued: it gets no third
    /// key.</summary>
    public void Begin()
    {
        if (File.Exists(Old) && !Read(Path.GetFileName(Old)).SequenceEqual(Sealing()))
            return;
        File.Delete(Next);
        _ = Read(Path.GetFileName(Next));
        File.Delete(Old);
        KeyFile.Copy(Current, Old);
        File.Move(Next, Current, overwrite: true);
    }

    /// <summary>Nothing is encrypted with the old key any more: it is deleted.</summary>
    public void End()
    {
        File.Delete(Old);
        _known.Clear();
    }

    public static byte[] Id(byte[] key) => SHA256.HashData(key)[..IdBytes];

    private byte[] Read(string name) =>
        KeyFile.ReadOrCreate(
            folder,
            name,
            path => new CryptographicException($"{path} does not hold {KeyFile.Bytes} bytes: restore it from the backup.")
        );

    private static uint Number(ReadOnlySpan<byte> id) => BitConverter.ToUInt32(id);
}
