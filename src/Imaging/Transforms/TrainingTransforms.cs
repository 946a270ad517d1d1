using GpuGeek.Imaging.Decoding;
using GpuGeek.Imaging.Resampling;
using GpuGeek.Imaging.Transforms;

namespace GpuGeek.Imaging;

/// <summary>
/// Augmentations on 8-bit pictures. Each is a pure function of its arguments: the caller draws the random numbers. Results equal
/// Pillow's, which torchvision's transforms of the same names use.
/// </summary>
public static partial class TrainingTransforms
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
        DemandInside(image, x, y, width, height);
        using var box = new DecodedPixels(width, height);
        Resampler.CopyRegion(image.Pixels, image.Width, new Region(x, y, width, height), box.Span);
        var result = RgbImage.Unwritten(outSize, outSize);
        Resampler.ResizeRegion(box.Span, width, height, outSize, outSize, new Region(0, 0, outSize, outSize), result.Pixels);
        return result;
    }

    /// <summary>Cuts a box out of a picture that is padded on all sides without end: torchvision's RandomCrop with padding.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="x">Left edge of the box, pixels; negative in the padding.</param>
    /// <param name="y">Top edge of the box, pixels.</param>
    /// <param name="width">Of the box, at least 1.</param>
    /// <param name="height">Of the box, at least 1.</param>
    /// <param name="fill">R, G, B of the padding; black when empty.</param>
    public static RgbImage PaddedCrop(RgbImage image, int x, int y, int width, int height, ReadOnlySpan<byte> fill = default)
    {
        image.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return Boxes.CutPadded(image, new Region(x, y, width, height), fill);
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

    /// <summary>Mirrors vertically.</summary>
    public static RgbImage FlipVertical(RgbImage image)
    {
        image.Check();
        var result = RgbImage.Unwritten(image.Width, image.Height);
        var stride = image.Width * 3;
        for (var y = 0; y < image.Height; y++)
            image.Pixels.AsSpan(y * stride, stride).CopyTo(result.Pixels.AsSpan((image.Height - 1 - y) * stride));
        return result;
    }

    /// <summary>Rotates counterclockwise about the centre, bilinear, at the same size.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="degrees">Any; positive turns counterclockwise, as in Pillow.</param>
    /// <param name="fill">R, G, B of the area from outside the picture; black when empty.</param>
    public static RgbImage Rotate(RgbImage image, double degrees, ReadOnlySpan<byte> fill = default)
    {
        image.Check();
        return Warp.Apply(image, Projection.Rotation(image.Width, image.Height, degrees), fill);
    }

    /// <summary>torchvision's <c>affine</c>, bilinear, at the same size.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="change">Its scale is above 0, its shears lie between -90 and 90 degrees.</param>
    /// <param name="fill">R, G, B of the area from outside the picture; black when empty.</param>
    /// <param name="aboutCorner">Shears, turns and scales about the top left corner instead of the centre.</param>
    public static RgbImage Affine(RgbImage image, AffineChange change, ReadOnlySpan<byte> fill = default, bool aboutCorner = false)
    {
        image.Check();
        if (!(change.Scale > 0 && Math.Abs(change.ShearX) < 90 && Math.Abs(change.ShearY) < 90))
            throw new ArgumentException($"The scale must be above 0 and shears between -90 and 90 degrees: {change}.", nameof(change));
        var (x, y) = aboutCorner ? (0, 0) : (image.Width * 0.5, image.Height * 0.5);
        return Warp.Apply(image, Projection.Affine(change, x, y), fill);
    }

    /// <summary>Pulls the corners of a picture elsewhere: torchvision's <c>perspective</c>, bilinear, at the same size.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="corners">Convex, as seen from outside; pixels.</param>
    /// <param name="fill">R, G, B of the area from outside the picture; black when empty.</param>
    public static RgbImage Perspective(RgbImage image, PictureCorners corners, ReadOnlySpan<byte> fill = default)
    {
        image.Check();
        if (!corners.AreConvex)
            throw new ArgumentException($"A picture cannot be seen with these corners: {corners}.", nameof(corners));
        return Warp.Apply(image, Projection.Perspective(image.Width, image.Height, corners), fill);
    }

    /// <summary>Fills a rectangle: torchvision's <c>erase</c> (Zhong et al. 2017, arXiv:1708.04896).</summary>
    /// <param name="image">Any size.</param>
    /// <param name="x">Left edge, pixels.</param>
    /// <param name="y">Top edge, pixels.</param>
    /// <param name="width">Of the rectangle, which lies inside the picture.</param>
    /// <param name="height">Of the rectangle.</param>
    /// <param name="fill">R, G, B; black when empty. The mean of the normalisation becomes zero.</param>
    public static RgbImage Erase(RgbImage image, int x, int y, int width, int height, ReadOnlySpan<byte> fill = default)
    {
        var result = Copy(image);
        DemandInside(image, x, y, width, height);
        Boxes.Erase(result.Pixels, image.Width, new Region(x, y, width, height), fill);
        return result;
    }

    private static void DemandInside(RgbImage image, int x, int y, int width, int height)
    {
        if (x < 0 || y < 0 || width < 1 || height < 1 || x > image.Width - width || y > image.Height - height)
            throw new ArgumentException($"A box of {width} x {height} at {x}, {y} is not inside {image.Width} x {image.Height} pixels.");
    }

    private static RgbImage Copy(RgbImage image)
    {
        image.Check();
        return image with { Pixels = (byte[])image.Pixels.Clone() };
    }
}
