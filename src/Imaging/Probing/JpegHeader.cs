using System.Buffers.Binary;
using GpuGeek.Domain.Common.Formats;
using static GpuGeek.Domain.Common.Formats.JpegSegments;

namespace GpuGeek.Imaging.Probing;

/// <summary>Reads a JPEG's segments up to its frame header.</summary>
internal static class JpegHeader
{
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

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> bytes, int at) =>
        TryRead(bytes, at, out var segment) ? segment : throw ImageException.OfDamaged("The JPEG is truncated inside its header.");
}
