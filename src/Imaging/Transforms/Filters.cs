using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using GpuGeek.Imaging.Decoding;

namespace GpuGeek.Imaging.Transforms;

/// <summary>Changes of a pixel by its neighbours, in place.</summary>
internal static class Filters
{
    /// <summary>Pillow's <c>ImageEnhance.Sharpness</c>: a blend with a picture that a 3 x 3 filter has smoothed, except at its
    /// edge.</summary>
    public static void Sharpness(Span<byte> rgb, int width, int height, float factor)
    {
        if (factor == 1f)
            return;
        using var copy = new PixelBuffer(rgb.Length);
        var original = copy.Span;
        rgb.CopyTo(original);
        var stride = width * 3;
        for (var y = 1; y < height - 1; y++)
        {
            ReadOnlySpan<byte> above = original.Slice((y - 1) * stride, stride),
                here = original.Slice(y * stride, stride),
                below = original.Slice((y + 1) * stride, stride);
            var target = rgb.Slice(y * stride, stride);
            for (var i = 3; i < stride - 3; i++)
            {
                var sum = above[i - 3] + above[i] + above[i + 3] + here[i - 3] + 5 * here[i] + here[i + 3];
                sum += below[i - 3] + below[i] + below[i + 3];
                // The weights add up to 13; no sum lies halfway between two levels.
                target[i] = ColorEnhancer.Blend((2 * sum + 13) / 26, here[i], factor);
            }
        }
    }

    /// <summary>torchvision's <c>gaussian_blur</c>: the edge is mirrored, without the outermost pixel itself.</summary>
    public static void GaussianBlur(Span<byte> rgb, int width, int height, int kernelSize, double sigma)
    {
        var weights = Gaussian(kernelSize, sigma);
        var stride = width * 3;
        var blurred = ArrayPool<float>.Shared.Rent(rgb.Length);
        var padded = ArrayPool<float>.Shared.Rent(stride + (kernelSize - 1) * 3);
        try
        {
            for (var y = 0; y < height; y++)
                BlurRow(rgb.Slice(y * stride, stride), weights, padded, blurred.AsSpan(y * stride, stride));
            for (var y = 0; y < height; y++)
                BlurColumns(blurred, y, height, weights, padded.AsSpan(0, stride), rgb.Slice(y * stride, stride));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(blurred);
            ArrayPool<float>.Shared.Return(padded);
        }
    }

    private static float[] Gaussian(int size, double sigma)
    {
        double[] bell = [.. Enumerable.Range(0, size).Select(i => Math.Exp(-0.5 * Math.Pow((i - size / 2) / sigma, 2)))];
        var sum = bell.Sum();
        return [.. bell.Select(value => (float)(value / sum))];
    }

    private static void BlurRow(ReadOnlySpan<byte> row, float[] weights, Span<float> padded, Span<float> blurred)
    {
        int width = row.Length / 3,
            margin = weights.Length / 2;
        for (var x = -margin; x < width + margin; x++)
        {
            var (from, to) = (Mirrored(x, width) * 3, (x + margin) * 3);
            (padded[to], padded[to + 1], padded[to + 2]) = (row[from], row[from + 1], row[from + 2]);
        }
        blurred.Clear();
        for (var k = 0; k < weights.Length; k++)
            AddScaled(blurred, padded.Slice(k * 3, blurred.Length), weights[k]);
    }

    private static void BlurColumns(ReadOnlySpan<float> rows, int y, int height, float[] weights, Span<float> sum, Span<byte> target)
    {
        sum.Clear();
        for (var k = 0; k < weights.Length; k++)
            AddScaled(sum, rows.Slice(Mirrored(y + k - weights.Length / 2, height) * sum.Length, sum.Length), weights[k]);
        for (var i = 0; i < target.Length; i++)
            target[i] = (byte)Math.Clamp(MathF.Round(sum[i]), 0f, 255f);
    }

    private static int Mirrored(int at, int length) =>
        at < 0 ? -at
        : at >= length ? 2 * (length - 1) - at
        : at;

    private static void AddScaled(Span<float> sum, ReadOnlySpan<float> values, float factor)
    {
        var sums = MemoryMarshal.Cast<float, Vector<float>>(sum);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (var i = 0; i < sums.Length; i++)
            sums[i] += vectors[i] * factor;
        for (var i = sums.Length * Vector<float>.Count; i < sum.Length; i++)
            sum[i] += values[i] * factor;
    }
}
