using System.Buffers.Binary;
using GpuGeek.Domain.Common.Formats;

namespace GpuGeek.Imaging.Probing;

/// <summary>Reads a PNG's size, and its chunks for the orientation (which may come after the pixels) and the number of frames.</summary>
internal static class PngHeader
{
    private const int ChunkOverhead = 12; // length, name, CRC

    public static bool Matches(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);

    public static ImageHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 33 || !bytes[12..].StartsWith("IHDR"u8))
            throw ImageException.OfDamaged("The PNG is truncated inside its header.");
        var header = new ImageHeader(
            ImageFormat.Png,
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[20..])
        );
        var rest = bytes[8..];
        while (rest.Length >= ChunkOverhead)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            var name = rest.Slice(4, 4);
            if (length > rest.Length - ChunkOverhead)
                break;
            var body = rest.Slice(8, (int)length);
            if (name.SequenceEqual("eXIf"u8))
                header = header with { Orientation = ExifOrientation.Read(body) };
            if (name.SequenceEqual("acTL"u8) && body.Length == 8)
                header = header with { Frames = Frames(body) };
            rest = rest[(int)(length + ChunkOverhead)..];
        }
        return header;
    }

    private static int Frames(ReadOnlySpan<byte> animation) =>
        (int)Math.Clamp(BinaryPrimitives.ReadUInt32BigEndian(animation), 1, int.MaxValue);
}
