using System.IO.Compression;

namespace GpuGeek.Training.Weights;

/// <summary>Reads an entry whole and checks it against the archive's checksum, which .NET's reader does not.</summary>
internal static class StoredEntry
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1))];

    public static byte[] Read(ZipArchiveEntry entry, int maxBytes)
    {
        if (entry.Length > Math.Min(maxBytes, Array.MaxLength)) throw WeightsException.Refused("a part of its archive is too large");
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        if (Crc32(bytes) != entry.Crc32) throw WeightsException.Unreadable("a checksum in its archive is wrong");
        return bytes;
    }

    internal static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes) crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }
}
