namespace GpuGeek.Imaging.Transforms;

/// <summary>Pillow's <c>Image.transform</c> with <c>BILINEAR</c>: each result pixel's centre is carried back into the picture and
/// interpolated there.</summary>
internal static class Warp
{
    /// <param name="image">Any size; the result has the same.</param>
    /// <param name="from">Where its pixels come from.</param>
    /// <param name="fill">R, G, B of what comes from outside the picture; black when empty.</param>
    public static RgbImage Apply(RgbImage image, Projection from, ReadOnlySpan<byte> fill)
    {
        Span<byte> outside = stackalloc byte[3];
        outside.Clear();
        if (!fill.IsEmpty)
            fill[..3].CopyTo(outside);
        var result = RgbImage.Unwritten(image.Width, image.Height);
        var isAffine = from.IsAffine;
        for (var y = 0; y < image.Height; y++)
        {
            var row = result.Pixels.AsSpan(y * image.Width * 3, image.Width * 3);
            for (var x = 0; x < image.Width; x++)
            {
                var target = row.Slice(x * 3, 3);
                var fromX = from.A * (x + 0.5) + from.B * (y + 0.5) + from.C;
                var fromY = from.D * (x + 0.5) + from.E * (y + 0.5) + from.F;
                if (!isAffine)
                {
                    var scale = from.G * (x + 0.5) + from.H * (y + 0.5) + 1;
                    (fromX, fromY) = (fromX / scale, fromY / scale);
                }
                if (fromX >= 0 && fromX < image.Width && fromY >= 0 && fromY < image.Height)
                    Interpolate(image, fromX - 0.5, fromY - 0.5, target);
                else
                    outside.CopyTo(target);
            }
        }
        return result;
    }

    private static void Interpolate(RgbImage image, double x, double y, Span<byte> target)
    {
        int left = (int)Math.Floor(x),
            top = (int)Math.Floor(y);
        double dx = x - left,
            dy = y - top;
        int x0 = Math.Max(left, 0) * 3,
            x1 = Math.Min(left + 1, image.Width - 1) * 3;
        var upper = image.Pixels.AsSpan(Math.Max(top, 0) * image.Width * 3, image.Width * 3);
        var lower = image.Pixels.AsSpan(Math.Min(top + 1, image.Height - 1) * image.Width * 3, image.Width * 3);
        for (var channel = 0; channel < 3; channel++)
        {
            var above = upper[x0 + channel] + (upper[x1 + channel] - upper[x0 + channel]) * dx;
            var below = lower[x0 + channel] + (lower[x1 + channel] - lower[x0 + channel]) * dx;
            target[channel] = (byte)(above + (below - above) * dy);
        }
    }
}
