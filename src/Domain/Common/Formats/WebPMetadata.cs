using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>Chunks of a WebP (RFC 9649): those of pixels, transparency, animation and colour stay.</summary>
internal static class WebPMetadata
{
    private const int Head = 8,
        FileHead = 12;
    private const byte ExifFlag = 0x08,
        XmpFlag = 0x04;

    private static readonly HashSet<string> Kept = ["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"];

    public static byte[]? Without(ReadOnlySpan<byte> picture)
    {
        if (picture.Length < FileHead || !picture[8..].StartsWith("WEBP"u8))
            return null;
        var chunks = picture[FileHead..];
        var orientation = OrientationOf(chunks);
        var to = new ArrayBufferWriter<byte>(picture.Length + Head + 32);
        to.Write("RIFF\0\0\0\0WEBP"u8);
        var hasPixels = false;
        for (var rest = chunks; TryChunk(rest, out var name, out var body); rest = rest[Padded(body.Length, rest.Length)..])
        {
            hasPixels |= name is "VP8 " or "VP8L" or "ANMF";
            if (name == "VP8X" && body.Length > 0)
                Write(to, name, [Flags(body[0], orientation), .. body[1..]]);
            else if (Kept.Contains(name))
                Write(to, name, body);
        }
        if (!hasPixels)
            return null;
        if (orientation != 1)
            Write(to, "EXIF", ExifOrientation.Write(orientation));
        var written = to.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(written.AsSpan(4), written.Length - Head);
        return written;
    }

    private static byte Flags(byte flags, int orientation) => (byte)(flags & ~(ExifFlag | XmpFlag) | (orientation != 1 ? ExifFlag : 0));

    /// <summary>Only the extended format has it.</summary>
    private static int OrientationOf(ReadOnlySpan<byte> chunks)
    {
        var orientation = 1;
        if (!chunks.StartsWith("VP8X"u8))
            return orientation;
        for (var rest = chunks; TryChunk(rest, out var name, out var body); rest = rest[Padded(body.Length, rest.Length)..])
            if (name == "EXIF")
                orientation = ExifOrientation.Read(body);
        return orientation;
    }

    private static bool TryChunk(ReadOnlySpan<byte> rest, out string name, out ReadOnlySpan<byte> body)
    {
        var length = rest.Length >= Head ? BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]) : uint.MaxValue;
        var isWhole = length <= rest.Length - Head;
        name = isWhole ? Encoding.Latin1.GetString(rest[..4]) : "";
        body = isWhole ? rest.Slice(Head, (int)length) : default;
        return isWhole;
    }

    /// <summary>Chunks begin at even places; the last may lack its filler.</summary>
    private static int Padded(int length, int rest) => Math.Min(rest, Head + length + (length & 1));

    private static void Write(ArrayBufferWriter<byte> to, string name, ReadOnlySpan<byte> body)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(number, body.Length);
        to.Write(Encoding.Latin1.GetBytes(name));
        to.Write(number);
        to.Write(body);
        if (body.Length % 2 == 1)
            to.Write([(byte)0]);
    }
}
