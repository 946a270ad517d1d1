using System.Buffers.Binary;
using GpuGeek.Domain.Common.Formats;

namespace GpuGeek.Imaging.Probing;

/// <summary>Reads a JPEG's segments up to its frame header.</summary>
internal static class JpegHeader
{
    private const byte StartOfScan = 0xDA,
        EndOfImage = 0xD9,
        App1 = 0xE1,
        Temporary = 0x01;

    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    public static ImageHeader Read(ReadOnlySpan<byte> bytes)
    {
        var orientation = 1;
        var at = 2;
        while (NextMarker(bytes, ref at) is { } marker)
        {
            if (IsAlone(marker))
                continue;
            if (marker is EndOfImage or StartOfScan)
                break;
            var segment = Segment(bytes, at);
            if (marker == App1 && orientation == 1 && segment.StartsWith("Exif\0\0"u8))
                orientation = ExifOrientation.Read(segment);
            if (IsFrame(marker))
                return Frame(marker, segment, orientation);
            at += segment.Length + 2;
        }
        throw ImageException.OfDamaged("The JPEG ends before its size is given.");
    }

    private static ImageHeader Frame(byte marker, ReadOnlySpan<byte> segment, int orientation)
    {
        if (marker > 0xC2)
            throw ImageException.OfUnsupported("The JPEG is lossless, hierarchical or arithmetic-coded, which is not supported.");
        if (segment.Length < 6)
            throw ImageException.OfDamaged("The JPEG's frame header is truncated.");
        if (segment[0] != 8)
            throw ImageException.OfUnsupported($"The JPEG has {segment[0]} bits per sample; only 8 are supported.");
        return new ImageHeader(
            ImageFormat.Jpeg,
            BinaryPrimitives.ReadUInt16BigEndian(segment[3..]),
            BinaryPrimitives.ReadUInt16BigEndian(segment[1..]),
            orientation
        );
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    internal static bool IsAlone(byte marker) => marker is Temporary or (>= 0xD0 and <= 0xD8);

    /// <summary>The next marker at or after <paramref name="at"/>, which moves behind it; null at the end of the file.</summary>
    internal static byte? NextMarker(ReadOnlySpan<byte> bytes, ref int at)
    {
        while (at < bytes.Length)
        {
            var found = bytes[at..].IndexOf((byte)0xFF);
            if (found < 0)
                break;
            at += found + 1;
            while (at < bytes.Length && bytes[at] == 0xFF)
                at++;
            if (at < bytes.Length && bytes[at] != 0)
                return bytes[at++];
        }
        return null;
    }

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> bytes, int at)
    {
        var length = at + 2 <= bytes.Length ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : 0;
        if (length < 2 || at + length > bytes.Length)
            throw ImageException.OfDamaged("The JPEG is truncated inside its header.");
        return bytes.Slice(at + 2, length - 2);
    }
}
