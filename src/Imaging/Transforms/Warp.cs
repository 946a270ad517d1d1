using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
        for (var y = 0; y < image.Height; y++)
            Row(image, from, y, outside, result.Pixels.AsSpan(y * image.Width * 3));
        return result;
    }

    /// <param name="target">From the row on to the end of the picture.</param>
    private static void Row(RgbImage image, Projection from, int y, ReadOnlySpan<byte> outside, Span<byte> target)
    {
        var (width, height, isAffine) = (image.Width, image.Height, from.IsAffine);
        double acrossRow = from.B * (y + 0.5),
            downRow = from.E * (y + 0.5);
        for (var x = 0; x < width; x++)
        {
            var fromX = from.A * (x + 0.5) + acrossRow + from.C;
            var fromY = from.D * (x + 0.5) + downRow + from.F;
            if (!isAffine)
            {
                var scale = from.G * (x + 0.5) + from.H * (y + 0.5) + 1;
                (fromX, fromY) = (fromX / scale, fromY / scale);
            }
            if (fromX >= 0 && fromX < width && fromY >= 0 && fromY < height)
                Interpolate(image, fromX - 0.5, fromY - 0.5, target[(x * 3)..]);
            else
                outside.CopyTo(target[(x * 3)..]);
        }
    }

    /// <param name="target">From the pixel on to the end of the picture: later pixels are still to be written.</param>
    private static void Interpolate(RgbImage image, double x, double y, Span<byte> target)
    {
        int left = (int)Math.Floor(x),
            top = (int)Math.Floor(y);
        double dx = x - left,
            dy = y - top;
        int x0 = Math.Max(left, 0) * 3,
            x1 = Math.Min(left + 1, image.Width - 1) * 3;
        int above0 = Math.Max(top, 0) * image.Width * 3,
            below0 = Math.Min(top + 1, image.Height - 1) * image.Width * 3;
        if (Avx.IsSupported && below0 + x1 + 4 <= image.Pixels.Length && target.Length >= 4)
        {
            ref var pixels = ref MemoryMarshal.GetArrayDataReference(image.Pixels);
            var horizontal = Vector256.Create(dx);
            var up = Between(ref pixels, above0 + x0, above0 + x1, horizontal);
            var down = Between(ref pixels, below0 + x0, below0 + x1, horizontal);
            FourBytes.Write(ref target[0], Avx.ConvertToVector128Int32WithTruncation(up + (down - up) * Vector256.Create(dy)));
            return;
        }
        var upper = image.Pixels.AsSpan(above0, image.Width * 3);
        var lower = image.Pixels.AsSpan(below0, image.Width * 3);
        for (var channel = 0; channel < 3; channel++)
        {
            var above = upper[x0 + channel] + (upper[x1 + channel] - upper[x0 + channel]) * dx;
            var below = lower[x0 + channel] + (lower[x1 + channel] - lower[x0 + channel]) * dx;
            target[channel] = (byte)(above + (below - above) * dy);
        }
    }

    /// <summary>Three channels at once, each with the same operations as one alone: the results are equal in every bit.</summary>
    private static Vector256<double> Between(ref byte pixels, int left, int right, Vector256<double> share)
    {
        var (from, to) = (Pixel(ref pixels, left), Pixel(ref pixels, right));
        return from + (to - from) * share;
    }

    private static Vector256<double> Pixel(ref byte pixels, int at) =>
        Avx.ConvertToVector256Double(FourBytes.Read(ref Unsafe.Add(ref pixels, at)));
}
