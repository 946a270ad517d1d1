using System.Buffers.Binary;
using static GpuGeek.Domain.Common.Formats.GifBlocks;

namespace GpuGeek.Imaging.Probing;

/// <summary>Reads a GIF's blocks without unpacking them.</summary>
internal static class GifHeader
{
    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8);

    public static ImageHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadBytes)
            throw ImageException.OfDamaged("The GIF is truncated inside its header.");
        int width = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
            height = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        var frames = 0;
        var at = HeadBytes + PaletteBytes(bytes[10]);
        while (at < bytes.Length && bytes[at] is Extension or Frame)
        {
            if (bytes[at] == Frame)
            {
                if (at + 10 > bytes.Length)
                    break;
                if (frames++ == 0)
                    CheckInside(bytes.Slice(at + 1, 8), width, height);
                at += 10 + PaletteBytes(bytes[at + 9]) + 1;
            }
            else
            {
                at += 2;
            }
            SkipSubBlocks(bytes, ref at);
        }
        if (frames == 0)
            throw ImageException.OfDamaged("The GIF contains no picture.");
        return new ImageHeader(ImageFormat.Gif, width, height, Frames: frames);
    }

    /// <summary>Decoders disagree on a frame outside its screen, from clipping to enlarging the picture: it is refused instead.</summary>
    private static void CheckInside(ReadOnlySpan<byte> frame, int width, int height)
    {
        var right = BinaryPrimitives.ReadUInt16LittleEndian(frame) + BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]);
        var bottom = BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]) + BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]);
        if (right > width || bottom > height)
            throw ImageException.OfDamaged(
                $"The GIF's first frame reaches to {right} x {bottom}, outside its screen of {width} x {height}."
            );
    }
}
