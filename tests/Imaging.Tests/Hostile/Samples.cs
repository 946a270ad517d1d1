using GpuGeek.Imaging.Tests.Peers;
using SkiaSharp;

namespace GpuGeek.Imaging.Tests.Hostile;

/// <summary>Sound pictures full of noise, so that every part of the file carries pixels.</summary>
internal static class Samples
{
    public static RgbImage Noise { get; } = MakeNoise(96, 64);

    public static byte[] Jpeg { get; } = ImageEncoder.Jpeg(Noise, 80);

    public static byte[] Png { get; } = ImageEncoder.Png(Noise);

    public static byte[] WebP { get; } = Encode(SKEncodedImageFormat.Webp);

    public static byte[] Bmp { get; } = [.. BmpHead(), .. Noise.Pixels];

    /// <summary>By name; those that only Pillow writes are in where it is installed.</summary>
    public static IReadOnlyDictionary<string, byte[]> All(PillowPeer pillow)
    {
        var all = new Dictionary<string, byte[]>
        {
            ["jpeg"] = Jpeg,
            ["png"] = Png,
            ["webp"] = WebP,
            ["bmp"] = Bmp,
        };
        if (PillowPeer.IsMissing)
            return all;
        foreach (
            var peer in pillow
                .Cases("lossy")
                .Concat(pillow.Cases("lossless"))
                .Where(c =>
                    c.Name
                        is "jpeg-progressive"
                            or "jpeg-cmyk"
                            or "webp-lossless"
                            or "webp-animated"
                            or "gif-animated"
                            or "png-palette-alpha"
                )
        )
            all[peer.Name] = peer.Bytes();
        return all;
    }

    private static byte[] BmpHead() => HostileFiles.Bmp(Noise.Width, Noise.Height);

    private static RgbImage MakeNoise(int width, int height)
    {
        var image = RgbImage.Black(width, height);
        new Random(7).NextBytes(image.Pixels);
        return image;
    }

    private static byte[] Encode(SKEncodedImageFormat format)
    {
        using var bitmap = SKBitmap.Decode(Png);
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }
}
