using GpuGeek.Domain.Common.Formats;

namespace GpuGeek.Training.Weights;

/// <summary>An uncompressed file in an archive.</summary>
/// <param name="Header">Offset of its local header.</param>
/// <param name="Start">Offset of its data.</param>
internal sealed record StoredEntry(string Name, long Header, long Start, long Length, uint Crc, bool HasDescriptor)
{
    /// <summary>Reads it completely and checks the archive's checksum.</summary>
    public byte[] Read(FileStream file, int maxBytes)
    {
        if (Length > Math.Min(maxBytes, Array.MaxLength))
            throw WeightsException.Refused("a part of its archive is too large");
        var bytes = new byte[Length];
        file.Position = Start;
        file.ReadExactly(bytes);
        return Crc32.Of(bytes) == Crc ? bytes : throw WeightsException.Unreadable("a checksum in its archive is wrong");
    }
}
