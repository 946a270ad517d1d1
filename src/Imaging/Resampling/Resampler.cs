using GpuGeek.Imaging.Decoding;
using GpuGeek.Imaging.Resampling;

namespace GpuGeek.Imaging;

/// <summary>
/// Bilinear resizing with antialiasing, bit-identical to Pillow's <c>Image.resize(size, BILINEAR)</c>, which torchvision's transforms use
/// and most published accuracies are measured with.
/// </summary>
public static class Resampler
{
    /// <summary>Resizes the whole of <paramref name="image"/>; the caller is responsible for the proportions.</summary>
    /// <exception cref="ArgumentException">The image's array does not fit its sides, or a side is below 1.</exception>
    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        image.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var result = RgbImage.Unwritten(width, height);
        ResizeRegion(image.Pixels, image.Width, image.Height, width, height, new Region(0, 0, width, height), result.Pixels);
        return result;
    }

    /// <summary>Computes only <paramref name="region"/> of the picture resized to <paramref name="width"/> x <paramref name="height"/>:
    /// the same pixels with less work.</summary>
    internal static void ResizeRegion(
        ReadOnlySpan<byte> source,
        int sourceWidth,
        int sourceHeight,
        int width,
        int height,
        Region region,
        Span<byte> target
    )
    {
        if (width == sourceWidth && height == sourceHeight)
        {
            CopyRegion(source, sourceWidth, region, target);
            return;
        }
        var across = ResampleWeights.Create(sourceWidth, width, region.X, region.Width);
        var down = ResampleWeights.Create(sourceHeight, height, region.Y, region.Height);
        var rows = down.End - down.Starts[0];
        // One byte more: the horizontal pass writes four bytes per pixel, the last over the next row's first.
        using var middle = new PixelBuffer(checked(rows * region.Width * 3 + 1));
        Across(source, sourceWidth, down.Starts[0], rows, across, middle.Span);
        ResamplePasses.Vertical(middle.Span, down.Starts[0], region.Width * 3, down, target);
    }

    private static void Across(
        ReadOnlySpan<byte> source,
        int sourceWidth,
        int firstRow,
        int rows,
        ResampleWeights weights,
        Span<byte> target
    )
    {
        var stride = sourceWidth * 3;
        var needed = source[(firstRow * stride)..];
        if (needed.Length > rows * stride)
        {
            ResamplePasses.Horizontal(needed, sourceWidth, rows, weights, target);
            return;
        }
        // There is no readable byte after the picture's last row, so it is copied to a longer buffer.
        if (rows > 1)
            ResamplePasses.Horizontal(needed, sourceWidth, rows - 1, weights, target);
        using var last = new PixelBuffer(stride + 1);
        needed.Slice((rows - 1) * stride, stride).CopyTo(last.Span);
        ResamplePasses.Horizontal(last.Span, sourceWidth, 1, weights, target[((rows - 1) * weights.Count * 3)..]);
    }

    internal static void CopyRegion(ReadOnlySpan<byte> source, int sourceWidth, Region region, Span<byte> target)
    {
        for (var y = 0; y < region.Height; y++)
            source.Slice(((region.Y + y) * sourceWidth + region.X) * 3, region.Width * 3).CopyTo(target[(y * region.Width * 3)..]);
    }
}
