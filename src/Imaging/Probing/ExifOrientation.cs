using System.Buffers.Binary;

namespace GpuGeek.Imaging.Probing;

/// <summary>Reads one tag of a TIFF structure: the orientation in its first directory.</summary>
internal static class ExifOrientation
{
    private const ushort OrientationTag = 0x0112;
    private const ushort Short = 3;

    /// <summary>1..8; 1 for anything that is not a valid TIFF structure with a valid orientation, as in viewers.</summary>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.StartsWith("Exif\0\0"u8))
            tiff = tiff[6..];
        if (tiff.Length < 14)
            return 1;
        var little = tiff.StartsWith("II*\0"u8);
        if (!little && !tiff.StartsWith("MM\0*"u8))
            return 1;
        var directory = UInt32(tiff[4..], little);
        if (directory > tiff.Length - 2)
            return 1;
        return Find(tiff[(int)directory..], little);
    }

    private static int Find(ReadOnlySpan<byte> directory, bool little)
    {
        var count = UInt16(directory, little);
        var entries = directory[2..];
        for (var i = 0; i < count && entries.Length >= 12; i++, entries = entries[12..])
        {
            if (UInt16(entries, little) != OrientationTag || UInt16(entries[2..], little) != Short)
                continue;
            var value = UInt16(entries[8..], little);
            return value is >= 1 and <= 8 ? value : 1;
        }
        return 1;
    }

    private static ushort UInt16(ReadOnlySpan<byte> at, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);

    private static uint UInt32(ReadOnlySpan<byte> at, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
}
