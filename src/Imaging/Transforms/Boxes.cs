namespace GpuGeek.Imaging.Transforms;

/// <summary>Rectangles that are cut out or filled.</summary>
internal static class Boxes
{
    /// <param name="image">Any size.</param>
    /// <param name="region">It may reach over the picture's edges, as if these were padded without end.</param>
    /// <param name="fill">R, G, B of the padding.</param>
    public static RgbImage CutPadded(RgbImage image, Resampling.Region region, ReadOnlySpan<byte> fill)
    {
        var result = RgbImage.Unwritten(region.Width, region.Height);
        Fill(result.Pixels, fill);
        int left = Math.Max(0, -region.X),
            top = Math.Max(0, -region.Y),
            right = Math.Min(region.Width, image.Width - region.X),
            bottom = Math.Min(region.Height, image.Height - region.Y);
        if (left >= right)
            return result;
        for (var y = top; y < bottom; y++)
            image
                .Pixels.AsSpan(((region.Y + y) * image.Width + region.X + left) * 3, (right - left) * 3)
                .CopyTo(result.Pixels.AsSpan((y * region.Width + left) * 3));
        return result;
    }

    /// <param name="rgb">Of a picture that is <paramref name="pictureWidth"/> wide.</param>
    /// <param name="pictureWidth">Pixels.</param>
    /// <param name="region">Inside the picture.</param>
    /// <param name="fill">R, G, B.</param>
    public static void Erase(Span<byte> rgb, int pictureWidth, Resampling.Region region, ReadOnlySpan<byte> fill)
    {
        for (var y = region.Y; y < region.Y + region.Height; y++)
            Fill(rgb.Slice((y * pictureWidth + region.X) * 3, region.Width * 3), fill);
    }

    public static void Fill(Span<byte> rgb, ReadOnlySpan<byte> fill)
    {
        if (fill.IsEmpty)
        {
            rgb.Clear();
            return;
        }
        for (var i = 0; i < rgb.Length; i += 3)
            fill[..3].CopyTo(rgb[i..]);
    }
}
