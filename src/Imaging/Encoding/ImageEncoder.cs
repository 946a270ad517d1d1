using GpuGeek.Imaging.Decoding;
using SkiaSharp;

namespace GpuGeek.Imaging;

/// <summary>Encodes pictures. Nothing of the original file's metadata (EXIF, location, comments) is copied.</summary>
public static class ImageEncoder
{
    /// <param name="image">Any size.</param>
    /// <param name="quality">1..100.</param>
    public static byte[] Jpeg(RgbImage image, int quality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        return Encode(image, SKEncodedImageFormat.Jpeg, quality);
    }

    /// <summary>Lossless.</summary>
    public static byte[] Png(RgbImage image) => Encode(image, SKEncodedImageFormat.Png, 100);

    private static unsafe byte[] Encode(RgbImage image, SKEncodedImageFormat format, int quality)
    {
        image.Check();
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var rgba = new PixelBuffer(checked(image.Width * image.Height * 4));
        var target = rgba.Span;
        for (int from = 0, to = 0; from < image.Pixels.Length; from += 3, to += 4)
        {
            target[to] = image.Pixels[from];
            target[to + 1] = image.Pixels[from + 1];
            target[to + 2] = image.Pixels[from + 2];
            target[to + 3] = 255;
        }
        fixed (byte* pixels = target)
        {
            using var pixmap = new SKPixmap(info, (nint)pixels, info.RowBytes);
            using var encoded =
                pixmap.Encode(format, quality)
                ?? throw new InvalidOperationException($"Skia could not encode {image.Width} x {image.Height} pixels as {format}.");
            return encoded.ToArray();
        }
    }
}
