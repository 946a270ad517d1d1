using System.IO.Compression;
using GpuGeek.Imaging;

namespace GpuGeek.Worker.Tests.Support;

/// <summary>Archives of pictures.</summary>
internal static partial class Zips
{
    public static byte[] Picture(int seed)
    {
        var pixels = new byte[24 * 20 * 3];
        new Random(seed).NextBytes(pixels);
        return ImageEncoder.Png(new RgbImage(24, 20, pixels));
    }

    public static byte[] OfNames(params string[] names) => Of([.. names.Select((name, i) => (name, Picture(i)))]);

    /// <summary>Symlinks and devices: the type bits of the external attributes.</summary>
    public static byte[] Special(string name, int mode)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var good = zip.CreateEntry("cat/1.png").Open())
                good.Write(Picture(1));
            var entry = zip.CreateEntry(name);
            entry.ExternalAttributes = mode << 16;
            using var target = entry.Open();
            target.Write("/etc/passwd"u8);
        }
        var bytes = stream.ToArray();
        foreach (var at in Entries(bytes))
            bytes[at + 5] = 3; // made on a Unix
        return bytes;
    }
}
