using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GpuGeek.Imaging.Resampling;

/// <summary>The two passes of Pillow's <c>ImagingResample</c> on packed RGB: 32-bit sums, half added before the shift, 8-bit result after
/// each pass.</summary>
internal static class ResamplePasses
{
    private const int Half = 1 << (ResampleWeights.PrecisionBits - 1);

    /// <summary>
    /// Each row of <paramref name="source"/> to <c>weights.Count</c> pixels. Pixels are read and written four bytes at a time:
    /// both spans must have one byte beyond their last pixel.
    /// </summary>
    public static void Horizontal(ReadOnlySpan<byte> source, int sourceWidth, int rows, ResampleWeights weights, Span<byte> target)
    {
        if (source.Length <= rows * sourceWidth * 3 || target.Length <= rows * weights.Count * 3)
            throw new ArgumentException("One byte more is needed.");
        for (var row = 0; row < rows; row++)
        {
            ref var from = ref Unsafe.AsRef(in source[row * sourceWidth * 3]);
            HorizontalRow(ref from, weights, ref target[row * weights.Count * 3]);
        }
    }

    private static void HorizontalRow(ref byte from, ResampleWeights weights, ref byte to)
    {
        ref var values = ref MemoryMarshal.GetArrayDataReference(weights.Values);
        for (var x = 0; x < weights.Count; x++)
        {
            ref var pixel = ref Unsafe.Add(ref from, weights.Starts[x] * 3);
            ref var value = ref Unsafe.Add(ref values, x * weights.Stride);
            var sum = Vector128.Create(Half);
            for (var i = 0; i < weights.Lengths[x]; i++)
                sum += Widened(ref Unsafe.Add(ref pixel, i * 3)) * Vector128.Create(Unsafe.Add(ref value, i));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, x * 3), Narrowed(sum));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Widened(ref byte pixel)
    {
        var bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(ref pixel)).AsByte();
        return Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Narrowed(Vector128<int> sum)
    {
        var shifted = Vector128.Min(sum >> ResampleWeights.PrecisionBits, Vector128.Create(255)).AsUInt32();
        var shorts = Vector128.Narrow(shifted, shifted);
        return Vector128.Narrow(shorts, shorts).AsUInt32().ToScalar();
    }

    /// <summary>Rows of <paramref name="source"/>, the first being input row <paramref name="firstRow"/>, to <c>weights.Count</c> rows of
    /// as many bytes.</summary>
    public static void Vertical(ReadOnlySpan<byte> source, int firstRow, int rowBytes, ResampleWeights weights, Span<byte> target)
    {
        for (var y = 0; y < weights.Count; y++)
        {
            var values = weights.Values.AsSpan(y * weights.Stride, weights.Lengths[y]);
            var rows = source.Slice((weights.Starts[y] - firstRow) * rowBytes, values.Length * rowBytes);
            VerticalRow(rows, rowBytes, values, target.Slice(y * rowBytes, rowBytes));
        }
    }

    private static void VerticalRow(ReadOnlySpan<byte> rows, int rowBytes, ReadOnlySpan<int> values, Span<byte> target)
    {
        var x = 0;
        for (; x <= rowBytes - Vector256<byte>.Count; x += Vector256<byte>.Count)
        {
            Vector256<int> a = Vector256.Create(Half),
                b = a,
                c = a,
                d = a;
            for (var i = 0; i < values.Length; i++)
            {
                var weight = Vector256.Create(values[i]);
                var (low, high) = Vector256.Widen(Vector256.Create(rows.Slice(i * rowBytes + x, Vector256<byte>.Count)));
                a += Vector256.WidenLower(low).AsInt32() * weight;
                b += Vector256.WidenUpper(low).AsInt32() * weight;
                c += Vector256.WidenLower(high).AsInt32() * weight;
                d += Vector256.WidenUpper(high).AsInt32() * weight;
            }
            Vector256.Narrow(Vector256.Narrow(Shifted(a), Shifted(b)), Vector256.Narrow(Shifted(c), Shifted(d))).CopyTo(target[x..]);
        }
        for (; x < rowBytes; x++)
        {
            var sum = Half;
            for (var i = 0; i < values.Length; i++)
                sum += rows[i * rowBytes + x] * values[i];
            target[x] = (byte)Math.Min(sum >> ResampleWeights.PrecisionBits, 255);
        }
    }

    private static Vector256<uint> Shifted(Vector256<int> sum) =>
        Vector256.Min(sum >> ResampleWeights.PrecisionBits, Vector256.Create(255)).AsUInt32();
}
