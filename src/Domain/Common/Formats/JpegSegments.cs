using System.Buffers.Binary;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>Finds the segments of a JPEG (ITU-T T.81, annex B).</summary>
public static class JpegSegments
{
    public const byte Prefix = 0xFF,
        StartOfImage = 0xD8,
        EndOfImage = 0xD9,
        StartOfScan = 0xDA,
        App1 = 0xE1;
    private const byte Temporary = 0x01;

    /// <summary>A marker without a segment.</summary>
    public static bool IsAlone(byte marker) => marker is Temporary or (>= 0xD0 and <= StartOfImage);

    public static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>The next marker at or after <paramref name="at"/>, which moves behind it; null at the end of the file.</summary>
    public static byte? NextMarker(ReadOnlySpan<byte> bytes, ref int at)
    {
        while (at < bytes.Length)
        {
            var found = bytes[at..].IndexOf(Prefix);
            if (found < 0)
                break;
            at += found + 1;
            while (at < bytes.Length && bytes[at] == Prefix)
                at++;
            if (at < bytes.Length && bytes[at] != 0)
                return bytes[at++];
        }
        return null;
    }

    /// <summary>What follows a marker, without its length.</summary>
    /// <returns>False: the file ends before.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int at, out ReadOnlySpan<byte> segment)
    {
        var length = at + 2 <= bytes.Length ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : 0;
        var isWhole = length >= 2 && at + length <= bytes.Length;
        segment = isWhole ? bytes.Slice(at + 2, length - 2) : default;
        return isWhole;
    }
}
