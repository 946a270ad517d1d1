using System.IO.Compression;
using GpuGeek.Imaging;

namespace GpuGeek.EndToEnd.Tests.Serving;

/// <summary>Pictures as from cameras and phones: large, rotated by EXIF, panoramic, upright.</summary>
internal static class CameraPictures
{
    private static readonly (int Width, int Height)[] Sizes = [(2000, 1500), (1500, 2000), (3001, 487), (611, 2603)];

    /// <summary>A ZIP of two classes, 20 pictures each: every size with five of EXIF's eight orientations, so that all eight come with each
    /// size.</summary>
    public static byte[] Zip()
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            for (var number = 0; number < 40; number++)
            {
                var label = number % 2;
                var (width, height) = Sizes[number / 2 % Sizes.Length];
                using var entry = archive
                    .CreateEntry($"{(label == 0 ? "bright" : "dark")}/{number:00}.jpg", CompressionLevel.NoCompression)
                    .Open();
                entry.Write(WithOrientation(ImageEncoder.Jpeg(Draw(width, height, label, number), 90), 1 + (number / 2 + number / 8) % 8));
            }
        return bytes.ToArray();
    }

    // Waves that differ along both axes: a wrong rotation or crop gives a different picture.
    private static RgbImage Draw(int width, int height, int label, int number)
    {
        var pixels = new byte[width * height * 3];
        double along = 0.004 + (0.0007 * number),
            across = 0.011 - (0.0002 * number);
        for (int y = 0, at = 0; y < height; y++)
        for (var x = 0; x < width; x++)
        {
            var wave = Math.Sin((x * along) + (y * y * 0.00001)) + Math.Sin(y * across);
            pixels[at++] = (byte)((label == 0 ? 160 : 70) + (30 * wave));
            pixels[at++] = (byte)(120 + (60 * Math.Sin((x + y) * 0.05)));
            pixels[at++] = (byte)(255L * x / width);
        }
        return new(width, height, pixels);
    }

    private static byte[] WithOrientation(byte[] jpeg, int orientation) =>
        [
            .. jpeg[..2],
            0xFF,
            0xE1,
            0,
            34,
            .. "Exif\0\0II*\0"u8,
            8,
            0,
            0,
            0,
            1,
            0,
            0x12,
            1,
            3,
            0,
            1,
            0,
            0,
            0,
            (byte)orientation,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            .. jpeg[2..],
        ];
}
