using System.Buffers.Binary;

namespace GpuGeek.Imaging.Probing;

/// <summary>Reads a Windows or OS/2 bitmap's size.</summary>
internal static class BmpHeader
{
    private const int FileHeader = 14,
        CoreHeader = 12,
        InfoHeader = 16;

    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith("BM"u8);

    public static ImageHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FileHeader + CoreHeader)
            throw ImageException.OfDamaged("The BMP is truncated inside its header.");
        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FileHeader..]);
        var body = bytes[(FileHeader + 4)..];
        if (size == CoreHeader)
            return new ImageHeader(
                ImageFormat.Bmp,
                BinaryPrimitives.ReadUInt16LittleEndian(body),
                BinaryPrimitives.ReadUInt16LittleEndian(body[2..])
            );
        // Two letters are a weak signature: a text may start with them, but a header size has only a few valid values.
        if (size is < InfoHeader or > 1024)
            throw ImageException.OfUnsupported("The file starts like a BMP but is not one.");
        if (bytes.Length < FileHeader + InfoHeader)
            throw ImageException.OfDamaged("The BMP is truncated inside its header.");
        // A negative height means that rows start at the top.
        return new ImageHeader(
            ImageFormat.Bmp,
            BinaryPrimitives.ReadInt32LittleEndian(body),
            Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(body[4..]))
        );
    }
}
