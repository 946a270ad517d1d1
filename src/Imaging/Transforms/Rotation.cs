namespace GpuGeek.Imaging.Transforms;

/// <summary>Pillow's <c>Image.rotate(degrees, BILINEAR)</c>: each result pixel's centre is carried back into the picture and interpolated
/// there.</summary>
internal static class Rotation
{
    public static RgbImage Rotate(RgbImage image, double degrees, ReadOnlySpan<byte> fill)
    {
        Span<byte> outside = stackalloc byte[3];
        outside.Clear();
        if (!fill.IsEmpty)
            fill[..3].CopyTo(outside);
        var angle = -(degrees - 360 * Math.Floor(degrees / 360)) * Math.PI / 180;
        // Rounded as Pillow does, so that quarter turns are exact.
        double cos = Math.Round(Math.Cos(angle), 15),
            sin = Math.Round(Math.Sin(angle), 15);
        double centerX = image.Width / 2.0,
            centerY = image.Height / 2.0;
        double shiftX = cos * -centerX + sin * -centerY + centerX,
            shiftY = -sin * -centerX + cos * -centerY + centerY;
        var result = RgbImage.Unwritten(image.Width, image.Height);
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                var target = result.Pixels.AsSpan((y * image.Width + x) * 3, 3);
                var fromX = cos * (x + 0.5) + sin * (y + 0.5) + shiftX;
                var fromY = -sin * (x + 0.5) + cos * (y + 0.5) + shiftY;
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
