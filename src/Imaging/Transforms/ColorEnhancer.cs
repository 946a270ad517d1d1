namespace GpuGeek.Imaging.Transforms;

/// <summary>Pillow's <c>ImageEnhance</c>: a blend, in single precision and cut off to 8 bits, of a degenerate picture and the given
/// one.</summary>
internal static class ColorEnhancer
{
    public static void Brightness(Span<byte> rgb, float factor) => BlendWith(rgb, 0, factor);

    /// <summary>Degenerate: the mean of the luma, one value for the whole picture.</summary>
    public static void Contrast(Span<byte> rgb, float factor)
    {
        if (factor == 1f)
            return;
        long sum = 0;
        for (var i = 0; i < rgb.Length; i += 3)
            sum += Luma(rgb, i);
        BlendWith(rgb, (int)(sum / (rgb.Length / 3.0) + 0.5), factor);
    }

    /// <summary>Degenerate: the luma of each pixel.</summary>
    public static void Saturation(Span<byte> rgb, float factor)
    {
        if (factor == 1f)
            return;
        for (var i = 0; i < rgb.Length; i += 3)
        {
            var luma = Luma(rgb, i);
            rgb[i] = Blend(luma, rgb[i], factor);
            rgb[i + 1] = Blend(luma, rgb[i + 1], factor);
            rgb[i + 2] = Blend(luma, rgb[i + 2], factor);
        }
    }

    /// <summary>The luma in all three channels.</summary>
    public static void Grayscale(Span<byte> rgb)
    {
        for (var i = 0; i < rgb.Length; i += 3)
            rgb.Slice(i, 3).Fill((byte)Luma(rgb, i));
    }

    private static void BlendWith(Span<byte> rgb, int level, float factor)
    {
        if (factor == 1f)
            return;
        Span<byte> table = stackalloc byte[256];
        for (var value = 0; value < 256; value++)
            table[value] = Blend(level, value, factor);
        for (var i = 0; i < rgb.Length; i++)
            rgb[i] = table[rgb[i]];
    }

    /// <summary>ITU-R 601 luma in 16-bit fixed point.</summary>
    private static int Luma(ReadOnlySpan<byte> rgb, int at) => (rgb[at] * 19595 + rgb[at + 1] * 38470 + rgb[at + 2] * 7471 + 0x8000) >> 16;

    internal static byte Blend(int degenerate, int value, float factor) =>
        (byte)Math.Clamp(degenerate + factor * (value - degenerate), 0f, 255f);
}
