using System.Buffers.Binary;
using GpuGeek.Domain.Common.Formats;

namespace GpuGeek.Imaging.Decoding;

/// <summary>
/// Makes missing pixels an error. libjpeg fills them with grey, with a warning that Skia does not pass on: at the end marker if the data
/// end too early, and at the end of the file if the picture is progressive. So the end marker is required, and a picture with one scan is
/// passed to the decoder without it, with a few bytes of padding: a decoder that runs out of data then reports it.
/// </summary>
internal static class JpegStream
{
    private const byte StartOfScan = 0xDA,
        EndOfImage = 0xD9;

    /// <summary>A progressive picture has about ten. Thousands of nearly empty ones would make a small file take minutes, because each
    /// passes over the whole picture.</summary>
    private const int MaxScans = 200;

    /// <summary>libjpeg reads up to 8 bytes ahead.</summary>
    private const int Padding = 16;

    /// <summary>Not a marker, and not a short code: hardly any block can be decoded from it.</summary>
    private const byte PaddingValue = 0xFE;

    /// <returns>The bytes to decode instead of the file's, or null to decode the file as it is.</returns>
    /// <exception cref="ImageException">No end marker, an invalid marker among the pixels, or too many scans.</exception>
    public static PixelBuffer? Prepare(ReadOnlySpan<byte> bytes)
    {
        var (scans, end) = Walk(bytes);
        if (scans != 1)
            return null;
        var stream = new PixelBuffer(end + Padding);
        bytes[..end].CopyTo(stream.Span);
        stream.Span[end..].Fill(PaddingValue);
        return stream;
    }

    private static (int Scans, int End) Walk(ReadOnlySpan<byte> bytes)
    {
        var scans = 0;
        var at = 2;
        while (JpegSegments.NextMarker(bytes, ref at) is { } marker)
        {
            if (marker == EndOfImage)
                return (scans, at - 2);
            if (JpegSegments.IsAlone(marker))
                continue;
            if (scans > 0 && !MayFollowAScan(marker))
                throw ImageException.OfDamaged($"The JPEG has a marker {marker:X2} among its pixels.");
            if (marker == StartOfScan && ++scans > MaxScans)
                throw ImageException.OfDamaged($"The JPEG has more than {MaxScans} scans.");
            // A segment's body may contain any bytes; in entropy-coded data, search for the next marker.
            if (at + 2 <= bytes.Length)
                at += BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        }
        throw ImageException.OfDamaged("The JPEG is truncated: it has no end marker.");
    }

    /// <summary>Tables, the next scan, comments and application data.</summary>
    private static bool MayFollowAScan(byte marker) =>
        marker is 0xC4 or StartOfScan or 0xDB or 0xDC or 0xDD or 0xFE or (>= 0xE0 and <= 0xEF);
}
