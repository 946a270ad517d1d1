using GpuGeek.Imaging.Decoding;
using GpuGeek.Imaging.Resampling;
using GpuGeek.Imaging.Transforms;

namespace GpuGeek.Imaging;

/// <summary>
/// Augmentations on 8-bit pictures. Each is a pure function of its arguments: the caller draws the random numbers. Results equal
/// Pillow's, which torchvision's transforms of the same names use.
/// </summary>
public static class TrainingTransforms
{
    /// <summary>Cuts a box and resizes it to a square.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="x">Left edge of the box, pixels.</param>
    /// <param name="y">Top edge of the box, pixels.</param>
    /// <param name="width">Of the box; the box lies inside the picture.</param>
    /// <param name="height">Of the box.</param>
    /// <param name="outSize">Side of the result, pixels.</param>
    public static RgbImage RandomResizedCrop(RgbImage image, int x, int y, int width, int height, int outSize)
    {
        image.Check();
        if (x < 0 || y < 0 || width < 1 || height < 1 || x > image.Width - width || y > image.Height - height)
            throw new ArgumentException($"A box of {width} x {height} at {x}, {y} is not inside {image.Width} x {image.Height} pixels.");
        using var box = new DecodedPixels(width, height);
        Resampler.CopyRegion(image.Pixels, image.Width, new Region(x, y, width, height), box.Span);
        var result = RgbImage.Unwritten(outSize, outSize);
        Resampler.ResizeRegion(box.Span, width, height, outSize, outSize, new Region(0, 0, outSize, outSize), result.Pixels);
        return result;
    }

    /// <summary>Mirrors horizontally.</summary>
    public static RgbImage FlipHorizontal(RgbImage image)
    {
        image.Check();
        var result = RgbImage.Unwritten(image.Width, image.Height);
        var stride = image.Width * 3;
        for (var row = 0; row < image.Pixels.Length; row += stride)
        {
            for (int from = row, to = row + stride - 3; from < row + stride; from += 3, to -= 3)
            {
                result.Pixels[to] = image.Pixels[from];
                result.Pixels[to + 1] = image.Pixels[from + 1];
                result.Pixels[to + 2] = image.Pixels[from + 2];
            }
        }
        return result;
    }

    /// <summary>Rotates counterclockwise about the centre, bilinear, at the same size.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="degrees">Any; positive turns counterclockwise, as in Pillow.</param>
    /// <param name="fill">R, G, B of the area from outside the picture; black when empty.</param>
    public static RgbImage Rotate(RgbImage image, double degrees, ReadOnlySpan<byte> fill = default)
    {
        image.Check();
        return Rotation.Rotate(image, degrees, fill);
    }

    /// <summary>Brightness, then contrast, then saturation, as Pillow's <c>ImageEnhance</c>; 1 changes nothing, 0 is black, gray mean, or
    /// gray.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="brightness">Factor, at least 0.</param>
    /// <param name="contrast">Factor, at least 0.</param>
    /// <param name="saturation">Factor, at least 0.</param>
    public static RgbImage ColorJitter(RgbImage image, double brightness, double contrast, double saturation)
    {
        image.Check();
        var pixels = (byte[])image.Pixels.Clone();
        ColorEnhancer.Brightness(pixels, (float)brightness);
        ColorEnhancer.Contrast(pixels, (float)contrast);
        ColorEnhancer.Saturation(pixels, (float)saturation);
        return new RgbImage(image.Width, image.Height, pixels);
    }
}
