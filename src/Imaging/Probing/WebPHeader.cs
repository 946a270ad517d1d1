using System.Buffers.Binary;
using GpuGeek.Domain.Common.Formats;

namespace GpuGeek.Imaging.Probing;

/// <summary>Reads the three kinds of WebP: lossy (VP8), lossless (VP8L) and extended (VP8X: alpha, EXIF, animation).</summary>
internal static class WebPHeader
{
    private const int ChunkHead = 8;

    public static bool Matches(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8);

    public static ImageHeader Read(ReadOnlySpan<byte> bytes)
    {
        var first = bytes[12..];
        if (first.Length < ChunkHead + 10)
            throw ImageException.OfDamaged("The WebP is truncated inside its header.");
        var body = first[ChunkHead..];
        if (first.StartsWith("VP8X"u8))
            return Extended(body, first);
        if (first.StartsWith("VP8L"u8))
            return Lossless(body);
        if (first.StartsWith("VP8 "u8))
            return Lossy(body);
        throw ImageException.OfDamaged("The WebP starts with a chunk that is not a picture.");
    }

    private static ImageHeader Lossy(ReadOnlySpan<byte> body)
    {
        if (!body[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]))
            throw ImageException.OfDamaged("The WebP's key frame has no start code.");
        return new ImageHeader(
            ImageFormat.WebP,
            BinaryPrimitives.ReadUInt16LittleEndian(body[6..]) & 0x3FFF,
            BinaryPrimitives.ReadUInt16LittleEndian(body[8..]) & 0x3FFF
        );
    }

    private static ImageHeader Lossless(ReadOnlySpan<byte> body)
    {
        if (body[0] != 0x2F)
            throw ImageException.OfDamaged("The lossless WebP has no signature.");
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(body[1..]);
        return new ImageHeader(ImageFormat.WebP, (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
    }

    private static ImageHeader Extended(ReadOnlySpan<byte> body, ReadOnlySpan<byte> chunks)
    {
        var header = new ImageHeader(ImageFormat.WebP, UInt24(body[4..]) + 1, UInt24(body[7..]) + 1);
        var frames = 0;
        while (chunks.Length >= ChunkHead)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunks[4..]);
            if (length > chunks.Length - ChunkHead)
                break;
            if (chunks.StartsWith("ANMF"u8))
                frames++;
            if (chunks.StartsWith("EXIF"u8))
                header = header with { Orientation = ExifOrientation.Read(chunks.Slice(ChunkHead, (int)length)) };
            chunks = chunks[(int)Math.Min(chunks.Length, ChunkHead + length + (length & 1))..];
        }
        return header with { Frames = Math.Max(1, frames) };
    }

    private static int UInt24(ReadOnlySpan<byte> at) => at[0] | at[1] << 8 | at[2] << 16;
}
