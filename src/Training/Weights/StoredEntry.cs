namespace GpuGeek.Training.Weights;

/// <summary>An uncompressed file in an archive.</summary>
/// <param name="Header">Offset of its local header.</param>
/// <param name="Start">Offset of its data.</param>
internal sealed record StoredEntry(string Name, long Header, long Start, long Length, uint Crc, bool HasDescriptor)
{
    private static readonly uint[] Table =
    [
        .. Enumerable
            .Range(0, 256)
            .Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1)),
    ];

    /// <summary>Reads it completely and checks the archive's checksum.</summary>
    public byte[] Read(FileStream file, int maxBytes)
    {
        if (Length > Math.Min(maxBytes, Array.MaxLength))
            throw WeightsException.Refused("a part of its archive is too large");
        var bytes = new byte[Length];
        file.Position = Start;
        file.ReadExactly(bytes);
        return Crc32(bytes) == Crc ? bytes : throw WeightsException.Unreadable("a checksum in its archive is wrong");
    }

    internal static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }
}
