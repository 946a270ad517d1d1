using System.Buffers.Binary;
using System.IO.Compression;

namespace GpuGeek.Training.Tests.Support;

/// <summary>Good archives changed in one place, at which readers differ.</summary>
internal static class BrokenZips
{
    private static ReadOnlySpan<byte> Local => "PK\u0003\u0004"u8;
    private static ReadOnlySpan<byte> Central => "PK\u0001\u0002"u8;
    private static ReadOnlySpan<byte> End => "PK\u0005\u0006"u8;

    /// <summary>A file of one tensor, <c>x</c>, of four numbers.</summary>
    public static byte[] Good(string path)
    {
        TorchFiles.Save(path, ("x", [4], [1.25f, 2.25f, 3.25f, 4.25f]));
        return File.ReadAllBytes(path);
    }

    public static void Write(string path, params (string Name, byte[] Bytes)[] entries)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, bytes) in entries)
            TorchFiles.Add(zip, name, bytes);
    }

    public static void WrongNumber(string path) => Change(path, bytes => bytes[bytes.AsSpan().IndexOf(BitConverter.GetBytes(1.25f))] ^= 1);

    /// <summary>The name beside the bytes is another one than in the directory.</summary>
    public static void TwoNames(string path) => Change(path, bytes => bytes[bytes.AsSpan().IndexOf(Local) + 30] ^= 1);

    public static void LocalFlag(string path, int at, byte value) =>
        Change(path, bytes => bytes[bytes.AsSpan().IndexOf(Local) + at] |= value);

    public static void CentralFlag(string path, int at, byte value) =>
        Change(path, bytes => bytes[bytes.AsSpan().IndexOf(Central) + at] |= value);

    public static void WrongCount(string path) =>
        Change(
            path,
            bytes =>
            {
                bytes[bytes.AsSpan().LastIndexOf(End) + 8]--;
                bytes[bytes.AsSpan().LastIndexOf(End) + 10]--;
            }
        );

    /// <summary>A second entry of the directory points at the bytes of the first.</summary>
    public static void Overlap(string path) =>
        Change(
            path,
            bytes =>
            {
                var first = bytes.AsSpan().IndexOf(Central);
                var second = first + 4 + bytes.AsSpan(first + 4).IndexOf(Central);
                bytes.AsSpan(first + 42, 4).CopyTo(bytes.AsSpan(second + 42));
            }
        );

    public static void Comment(string path)
    {
        var bytes = Good(path);
        bytes[^2] = 4;
        File.WriteAllBytes(path, [.. bytes, .. "note"u8]);
    }

    public static void After(string path) => File.WriteAllBytes(path, [.. Good(path), 0]);

    /// <summary>Another archive in front, which readers that look at the beginning would read.</summary>
    public static void Before(string path)
    {
        var bytes = Good(path);
        File.WriteAllBytes(path, [.. bytes, .. bytes]);
    }

    /// <summary>Bytes between the last entry and the directory, and the directory's place corrected.</summary>
    public static void Hole(string path)
    {
        var bytes = Good(path);
        var directory = bytes.AsSpan().IndexOf(Central);
        var end = bytes.AsSpan().LastIndexOf(End);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(end + 16), directory + 100);
        File.WriteAllBytes(path, [.. bytes[..directory], .. new byte[100], .. bytes[directory..]]);
    }

    private static void Change(string path, Action<byte[]> change)
    {
        var bytes = Good(path);
        change(bytes);
        File.WriteAllBytes(path, bytes);
    }
}
