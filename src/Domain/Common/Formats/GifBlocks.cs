namespace GpuGeek.Domain.Common.Formats;

/// <summary>Lengths of a GIF's blocks (GIF89a).</summary>
public static class GifBlocks
{
    public const int HeadBytes = 13;
    public const byte Extension = 0x21,
        Frame = 0x2C;

    public static int PaletteBytes(byte packed) => (packed & 0x80) == 0 ? 0 : 3 << ((packed & 7) + 1);

    /// <summary>Moves behind the data of a block; the file may end before.</summary>
    public static void SkipSubBlocks(ReadOnlySpan<byte> bytes, ref int at)
    {
        while (at < bytes.Length && bytes[at] != 0)
            at += bytes[at] + 1;
        at++;
    }
}
