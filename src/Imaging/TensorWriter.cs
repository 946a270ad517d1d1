using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuGeek.Domain.Models;
using GpuGeek.Imaging.Decoding;
using GpuGeek.Imaging.Transforms;

namespace GpuGeek.Imaging;

/// <summary>Converts packed RGB bytes to normalised planes of floats.</summary>
internal static class TensorWriter
{
    public static void Write(ReadOnlySpan<byte> rgb, Preprocessing preprocessing, Span<float> chw)
    {
        if (chw.Length != rgb.Length)
            throw new ArgumentException($"{rgb.Length} floats are needed, not {chw.Length}.", nameof(chw));
        // 256 values per channel: the same arithmetic as on every pixel, done once.
        Span<float> table = stackalloc float[3 * 256];
        for (var i = 0; i < table.Length; i++)
            table[i] = ((i & 255) / 255f - preprocessing.Mean[i >> 8]) / preprocessing.Std[i >> 8];
        if (preprocessing.Grayscale)
        {
            using var gray = new PixelBuffer(rgb.Length);
            rgb.CopyTo(gray.Span);
            ColorEnhancer.Grayscale(gray.Span);
            WritePlanes(gray.Span, table, chw);
        }
        else
            WritePlanes(rgb, table, chw);
    }

    private static void WritePlanes(ReadOnlySpan<byte> rgb, ReadOnlySpan<float> table, Span<float> chw)
    {
        var plane = rgb.Length / 3;
        for (var channel = 0; channel < 3; channel++)
            WritePlane(rgb, channel, table.Slice(channel * 256, 256), chw.Slice(channel * plane, plane));
    }

    private static void WritePlane(ReadOnlySpan<byte> rgb, int channel, ReadOnlySpan<float> table, Span<float> plane)
    {
        // A byte is always inside the table and the pixels are three times the plane: no check is needed in the loop.
        ref var from = ref Unsafe.Add(ref MemoryMarshal.GetReference(rgb), channel);
        ref var values = ref MemoryMarshal.GetReference(table);
        for (var i = 0; i < plane.Length; i++)
            plane[i] = Unsafe.Add(ref values, (nint)Unsafe.Add(ref from, (nint)i * 3));
    }
}
