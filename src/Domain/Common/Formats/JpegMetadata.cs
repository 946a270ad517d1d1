using System.Buffers;
using static GpuGeek.Domain.Common.Formats.JpegSegments;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>Segments of a JPEG (ITU-T T.81, annex B): those that decode it stay, with the colour profile (ICC.1, annex B.4).</summary>
internal static class JpegMetadata
{
    private const byte App0 = 0xE0,
        App2 = 0xE2,
        App14 = 0xEE,
        App15 = 0xEF,
        Comment = 0xFE;

    public static byte[]? Without(ReadOnlySpan<byte> picture)
    {
        var to = new ArrayBufferWriter<byte>(picture.Length);
        to.Write([Prefix, StartOfImage]);
        var (at, orientation, hasFrame, hasScan) = (2, 1, false, false);
        while (true)
        {
            if (NextMarker(picture, ref at) is not { } marker)
                // Decoders show a picture without its end.
                return hasScan ? to.WrittenSpan.ToArray() : null;
            if (marker == EndOfImage)
            {
                to.Write([Prefix, EndOfImage]);
                return hasScan ? to.WrittenSpan.ToArray() : null;
            }
            if (IsAlone(marker))
                continue;
            if (!TryRead(picture, at, out var segment))
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
            if (marker == StartOfScan)
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
