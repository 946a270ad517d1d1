using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace GpuGeek.Infrastructure.Security;

/// <summary>
/// The key that seals, and while a rotation is under way the one before, which only opens. Every process reads the same folder, so the file
/// is read at each use
/// that must be current: a process that remembered its key would go on sealing with one that is about to go.
/// </summary>
internal sealed class SealingKeys(string folder, string fileName)
{
    public const int IdBytes = 4;
    private readonly ConcurrentDictionary<uint, byte[]> _known = new();

    private string Current => Path.Combine(folder, fileName);
    private string Old => Current + ".old";
    private string Next => Current + ".next";

    /// <summary>Whether there is a key: without one nothing has been sealed.</summary>
    public bool Exist => File.Exists(Current);

    /// <summary>The key that seals now; made at its first use.</summary>
    public byte[] Sealing() => Read(fileName);

    /// <returns>The key with the id that a box begins with; null where this folder does not hold it.</returns>
    public byte[]? Opening(ReadOnlySpan<byte> id)
    {
        if (_known.TryGetValue(Number(id), out var known))
            return known;
        // In this order: a rotation keeps the old key before it puts the new one in its place.
        foreach (var key in (byte[][])[Sealing(), .. File.Exists(Old) ? [Read(Path.GetFileName(Old))] : Array.Empty<byte[]>()])
            _known[Number(Id(key))] = key;
        return _known.GetValueOrDefault(Number(id));
    }

    /// <summary>From here on a new key seals and the one before opens. A rotation that broke off is gone on with: it gets no third
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

    /// <summary>Nothing is sealed with the old key any more: it goes.</summary>
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
