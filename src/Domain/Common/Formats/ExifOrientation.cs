using System.Buffers.Binary;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>One tag of a TIFF structure: the orientation in its first directory.</summary>
public static class ExifOrientation
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

    /// <summary>A TIFF structure that has this tag alone.</summary>
    /// <param name="orientation">1..8.</param>
    public static byte[] Write(int orientation) =>
        [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, (byte)Short, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

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
