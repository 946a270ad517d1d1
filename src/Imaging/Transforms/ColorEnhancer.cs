using System.Runtime.Intrinsics;

namespace GpuGeek.Imaging.Transforms;

/// <summary>Pillow's <c>ImageEnhance</c>: a blend, in single precision and cut off to 8 bits, of a degenerate picture and the given
/// one.</summary>
internal static class ColorEnhancer
{
    private static readonly Vector128<float> Most = Vector128.Create(255f);

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
        var i = 0;
        // Three channels at once; the last pixel of a picture has no fourth byte.
        for (; i + 4 <= rgb.Length; i += 3)
        {
            var channels = Vector128.ConvertToSingle(FourBytes.Read(ref rgb[i]));
            var gray = Vector128.Create((float)Luma(rgb, i));
            var blended = Vector128.Min(Vector128.Max(gray + Vector128.Create(factor) * (channels - gray), Vector128<float>.Zero), Most);
            // Single bytes: the next pixel's read would wait for a wider write.
            var whole = Vector128.ConvertToInt32(blended);
            (rgb[i], rgb[i + 1], rgb[i + 2]) = ((byte)whole[0], (byte)whole[1], (byte)whole[2]);
        }
        for (; i < rgb.Length; i += 3)
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
