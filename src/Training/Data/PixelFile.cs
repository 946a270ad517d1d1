using System.Buffers.Binary;
using GpuGeek.Imaging;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Training.Data;

/// <summary>A decoded picture in a file: "GGP1", width, height and CRC-32C of the pixels (little endian, 4 bytes each), then the pixels. A
/// file that a lost machine left half written is recognised and not used.</summary>
internal static class PixelFile
{
    private const int HeaderBytes = 16;

    public static long BytesOf(RgbImage picture) => HeaderBytes + picture.Pixels.LongLength;

    /// <summary>Another process that writes the same picture at the same time writes the same bytes: one of the two files stays.</summary>
    public static void Write(string path, RgbImage picture)
    {
        var header = new byte[HeaderBytes];
        "GGP1"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), picture.Width);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), picture.Height);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), Checksums.Of(picture.Pixels));
        var arriving = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            using (var file = File.OpenHandle(arriving, FileMode.CreateNew, FileAccess.Write))
                RandomAccess.Write(file, [header, picture.Pixels], 0);
            File.Move(arriving, path, overwrite: true);
        }
        catch
        {
            File.Delete(arriving);
            throw;
        }
    }

    /// <returns>Null: there is no such file, or it is not whole.</returns>
    public static RgbImage? Read(string path)
    {
        if (Open(path) is not { } opened)
            return null;
        using var file = opened;
        var header = new byte[HeaderBytes];
        if (RandomAccess.Read(file, header, 0) < HeaderBytes || !header.AsSpan(0, 4).SequenceEqual("GGP1"u8))
            return null;
        var (width, height) = (
            BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)),
            BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8))
        );
        if (width <= 0 || height <= 0 || RandomAccess.GetLength(file) != HeaderBytes + 3L * width * height)
            return null;
        var pixels = GC.AllocateUninitializedArray<byte>(3 * width * height);
        return ReadAll(file, pixels) && Checksums.Of(pixels) == BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12))
            ? new RgbImage(width, height, pixels)
            : null;
    }

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(path);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static bool ReadAll(SafeFileHandle file, byte[] pixels)
    {
        var done = 0;
        while (done < pixels.Length)
        {
            var read = RandomAccess.Read(file, pixels.AsSpan(done), HeaderBytes + done);
            if (read == 0)
                return false;
            done += read;
        }
        return true;
    }
}
