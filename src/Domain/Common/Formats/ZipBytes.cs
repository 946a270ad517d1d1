using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>Pieces of a ZIP and the numbers in them.</summary>
internal static class ZipBytes
{
    /// <exception cref="ZipException">The file ends before.</exception>
    public static byte[] At(SafeFileHandle file, long offset, int count)
    {
        if (offset < 0 || offset > RandomAccess.GetLength(file) - count)
            throw Truncated();
        var bytes = new byte[count];
        for (var read = 0; read < count; )
        {
            var some = RandomAccess.Read(file, bytes.AsSpan(read), offset + read);
            read += some > 0 ? some : throw Truncated();
        }
        return bytes;
    }

    public static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    public static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    /// <exception cref="ZipException">No file is so large.</exception>
    public static long I64(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]) is >= 0 and var number
            ? number
            : throw ZipException.Damaged("A number in it is above 2^63.");

    private static ZipException Truncated() => ZipException.Damaged("It is truncated.");
}
