using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>Chunks of a PNG (W3C, third edition): the critical ones stay, and those of colour, transparency and animation.</summary>
internal static class PngMetadata
{
    public static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>Length, name and checksum.</summary>
    private const int Overhead = 12;

    private static readonly HashSet<string> Ancillary =
    [
        "tRNS",
        "cHRM",
        "gAMA",
        "iCCP",
        "sBIT",
        "sRGB",
        "cICP",
        "mDCV",
        "cLLI",
        "bKGD",
        "hIST",
        "pHYs",
        "sPLT",
        "acTL",
        "fcTL",
        "fdAT",
    ];

    public static byte[]? Without(ReadOnlySpan<byte> picture)
    {
        var to = new ArrayBufferWriter<byte>(picture.Length);
        to.Write(Signature);
        var orientation = OrientationOf(picture);
        for (var rest = picture[Signature.Length..]; TryChunk(rest, out var name, out var body); rest = rest[(body.Length + Overhead)..])
        {
            // The first letter of a critical chunk is a capital.
            if (char.IsAsciiLetterUpper(name[0]) || Ancillary.Contains(name))
                to.Write(rest[..(body.Length + Overhead)]);
            if (name == "IHDR" && orientation != 1)
                Write(to, "eXIf"u8, ExifOrientation.Write(orientation));
            if (name == "IEND")
                return to.WrittenSpan.ToArray();
        }
        return null;
    }

    /// <summary>It may stand behind the pixels; of several, the last counts.</summary>
    private static int OrientationOf(ReadOnlySpan<byte> picture)
    {
        var orientation = 1;
        for (var rest = picture[Signature.Length..]; TryChunk(rest, out var name, out var body); rest = rest[(body.Length + Overhead)..])
            if (name == "eXIf")
                orientation = ExifOrientation.Read(body);
        return orientation;
    }

    private static bool TryChunk(ReadOnlySpan<byte> rest, out string name, out ReadOnlySpan<byte> body)
    {
        var length = rest.Length >= Overhead ? BinaryPrimitives.ReadUInt32BigEndian(rest) : uint.MaxValue;
        var isWhole = length <= rest.Length - Overhead;
        name = isWhole ? Encoding.Latin1.GetString(rest.Slice(4, 4)) : "";
        body = isWhole ? rest.Slice(8, (int)length) : default;
        return isWhole;
    }

    private static void Write(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> name, ReadOnlySpan<byte> body)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
        to.Write(number);
        byte[] named = [.. name, .. body];
        to.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(named));
        to.Write(number);
    }
}
