using System.Buffers;
using static GpuGeek.Domain.Common.Formats.GifBlocks;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>Blocks of a GIF (GIF89a): frames, their timing and the number of loops stay.</summary>
internal static class GifMetadata
{
    private const byte Trailer = 0x3B,
        GraphicControl = 0xF9,
        Application = 0xFF;

    public static byte[]? Without(ReadOnlySpan<byte> picture)
    {
        var at = picture.Length >= HeadBytes ? HeadBytes + PaletteBytes(picture[10]) : int.MaxValue;
        if (at > picture.Length)
            return null;
        var to = new ArrayBufferWriter<byte>(picture.Length);
        to.Write(picture[..at]);
        var hasFrame = false;
        while (at < picture.Length && picture[at] is Extension or Frame)
        {
            var start = at;
            var isFrame = picture[at] == Frame;
            if (isFrame && at + 10 > picture.Length)
                break;
            at += isFrame ? 10 + PaletteBytes(picture[at + 9]) + 1 : 2;
            SkipSubBlocks(picture, ref at);
            // What decoders show of a cut frame stays.
            var block = picture[start..Math.Min(at, picture.Length)];
            hasFrame |= isFrame;
            if (isFrame || Stays(block))
                to.Write(block);
        }
        to.Write([Trailer]);
        return hasFrame ? to.WrittenSpan.ToArray() : null;
    }

    private static bool Stays(ReadOnlySpan<byte> extension) =>
        extension.Length > 3
        && (
            extension[1] == GraphicControl
            || (extension[1] == Application && (extension[3..].StartsWith("NETSCAPE2.0"u8) || extension[3..].StartsWith("ANIMEXTS1.0"u8)))
        );
}
