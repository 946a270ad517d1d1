using System.Buffers;
using System.Buffers.Binary;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>Segments of a JPEG (ITU-T T.81, annex B): those that decode it stay, with the colour profile (ICC.1, annex B.4).</summary>
internal static class JpegMetadata
{
    private const byte Prefix = 0xFF,
        Start = 0xD8,
        End = 0xD9,
        Scan = 0xDA,
        App0 = 0xE0,
        App1 = 0xE1,
        App2 = 0xE2,
        App14 = 0xEE,
        App15 = 0xEF,
        Comment = 0xFE,
        Temporary = 0x01;

    public static byte[]? Without(ReadOnlySpan<byte> picture)
    {
        var to = new ArrayBufferWriter<byte>(picture.Length);
        to.Write([Prefix, Start]);
        var (at, orientation, hasFrame, hasScan) = (2, 1, false, false);
        while (true)
        {
            if (Marker(picture, ref at) is not { } marker)
                // Decoders show a picture without its end.
                return hasScan ? to.WrittenSpan.ToArray() : null;
            if (marker == End)
            {
                to.Write([Prefix, End]);
                return hasScan ? to.WrittenSpan.ToArray() : null;
            }
            if (marker is Temporary or (>= 0xD0 and <= Start))
                continue;
            if (!TrySegment(picture, at, out var segment))
                return null;
            at += segment.Length + 2;
            if (marker == App1 && orientation == 1 && !hasFrame && segment.StartsWith("Exif\0\0"u8))
                orientation = ExifOrientation.Read(segment);
            if (!Stays(marker, segment))
                continue;
            if (IsFrame(marker) && !hasFrame)
            {
                hasFrame = true;
                if (orientation != 1)
                    Write(to, App1, [.. "Exif\0\0"u8, .. ExifOrientation.Write(orientation)]);
            }
            Write(to, marker, segment);
            if (marker == Scan)
            {
                hasScan = true;
                var end = EndOfScan(picture, at);
                to.Write(picture[at..end]);
                at = end;
            }
        }
    }

    private static bool Stays(byte marker, ReadOnlySpan<byte> segment) =>
        marker switch
        {
            App0 => segment.StartsWith("JFIF\0"u8),
            App2 => segment.StartsWith("ICC_PROFILE\0"u8),
            // How the colours are coded.
            App14 => segment.StartsWith("Adobe"u8),
            Comment or (>= App0 and <= App15) => false,
            _ => true,
        };

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>The next marker, and the place behind it; null at the end of the file.</summary>
    private static byte? Marker(ReadOnlySpan<byte> bytes, ref int at)
    {
        while (at < bytes.Length)
        {
            var found = bytes[at..].IndexOf(Prefix);
            if (found < 0)
                return null;
            at += found + 1;
            while (at < bytes.Length && bytes[at] == Prefix)
                at++;
            if (at < bytes.Length && bytes[at] != 0)
                return bytes[at++];
        }
        return null;
    }

    private static bool TrySegment(ReadOnlySpan<byte> bytes, int at, out ReadOnlySpan<byte> segment)
    {
        var length = at + 2 <= bytes.Length ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : 0;
        var isWhole = length >= 2 && at + length <= bytes.Length;
        segment = isWhole ? bytes.Slice(at + 2, length - 2) : default;
        return isWhole;
    }

    /// <summary>Where the next marker begins that is not part of the coded pixels.</summary>
    private static int EndOfScan(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length)
        {
            var found = bytes[at..].IndexOf(Prefix);
            if (found < 0 || at + found + 1 >= bytes.Length)
                return bytes.Length;
            at += found;
            if (bytes[at + 1] is not (0 or Prefix or (>= 0xD0 and <= 0xD7)))
                return at;
            at += bytes[at + 1] == Prefix ? 1 : 2;
        }
        return bytes.Length;
    }

    private static void Write(ArrayBufferWriter<byte> to, byte marker, ReadOnlySpan<byte> segment)
    {
        to.Write([Prefix, marker, (byte)((segment.Length + 2) >> 8), (byte)(segment.Length + 2)]);
        to.Write(segment);
    }
}
