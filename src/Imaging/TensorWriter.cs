using GpuGeek.Domain.Models;

namespace GpuGeek.Imaging;

/// <summary>Packed RGB bytes to normalised planes of floats.</summary>
internal static class TensorWriter
{
    public static void Write(ReadOnlySpan<byte> rgb, Preprocessing preprocessing, Span<float> chw)
    {
        if (chw.Length != rgb.Length) throw new ArgumentException($"{rgb.Length} floats are needed, not {chw.Length}.", nameof(chw));
        Span<float> table = stackalloc float[256];
        var plane = rgb.Length / 3;
        for (var channel = 0; channel < 3; channel++)
        {
            // 256 values per channel: the same arithmetic as on every pixel, done once.
            for (var value = 0; value < 256; value++) table[value] = (value / 255f - preprocessing.Mean[channel]) / preprocessing.Std[channel];
            var target = chw.Slice(channel * plane, plane);
            for (int i = 0, from = channel; i < target.Length; i++, from += 3) target[i] = table[rgb[from]];
        }
    }
}
