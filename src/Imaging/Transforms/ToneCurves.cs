namespace GpuGeek.Imaging.Transforms;

/// <summary>Changes of single values by a table, as Pillow's <c>ImageOps</c> of the same names; in place.</summary>
internal static class ToneCurves
{
    private const int Levels = 256,
        Channels = 3;

    /// <summary>Keeps the highest bits of each value.</summary>
    public static void Posterize(Span<byte> rgb, int bits)
    {
        var mask = (byte)(0xFF << (8 - bits));
        for (var i = 0; i < rgb.Length; i++)
            rgb[i] &= mask;
    }

    /// <summary>Inverts values from the threshold on.</summary>
    public static void Solarize(Span<byte> rgb, double threshold)
    {
        Span<byte> table = stackalloc byte[Levels];
        for (var value = 0; value < Levels; value++)
            table[value] = (byte)(value < threshold ? value : 255 - value);
        for (var i = 0; i < rgb.Length; i++)
            rgb[i] = table[rgb[i]];
    }

    public static void Invert(Span<byte> rgb)
    {
        for (var i = 0; i < rgb.Length; i++)
            rgb[i] = (byte)~rgb[i];
    }

    /// <summary>Spreads each channel over all levels.</summary>
    public static void AutoContrast(Span<byte> rgb)
    {
        Span<int> counts = stackalloc int[Channels * Levels];
        Span<byte> tables = stackalloc byte[Channels * Levels];
        Count(rgb, counts);
        for (var channel = 0; channel < Channels; channel++)
            Stretch(counts.Slice(channel * Levels, Levels), tables.Slice(channel * Levels, Levels));
        Replace(rgb, tables);
    }

    /// <summary>Makes the levels of each channel equally frequent.</summary>
    public static void Equalize(Span<byte> rgb)
    {
        Span<int> counts = stackalloc int[Channels * Levels];
        Span<byte> tables = stackalloc byte[Channels * Levels];
        Count(rgb, counts);
        for (var channel = 0; channel < Channels; channel++)
            Flatten(counts.Slice(channel * Levels, Levels), rgb.Length / Channels, tables.Slice(channel * Levels, Levels));
        Replace(rgb, tables);
    }

    private static void Stretch(ReadOnlySpan<int> counts, Span<byte> table)
    {
        int low = counts.IndexOfAnyExcept(0),
            high = counts.LastIndexOfAnyExcept(0);
        var scale = high > low ? 255.0 / (high - low) : 1;
        var offset = high > low ? -low * scale : 0;
        for (var value = 0; value < Levels; value++)
            table[value] = (byte)Math.Clamp((int)(value * scale + offset), 0, 255);
    }

    /// <summary>The highest level that occurs is left out of the width of a step, so that it becomes white.</summary>
    private static void Flatten(ReadOnlySpan<int> counts, int pixels, Span<byte> table)
    {
        var step = (pixels - counts[counts.LastIndexOfAnyExcept(0)]) / 255;
        var below = step / 2;
        for (var value = 0; value < Levels; value++)
        {
            table[value] = step == 0 ? (byte)value : (byte)Math.Min(below / step, 255);
            below += counts[value];
        }
    }

    private static void Count(ReadOnlySpan<byte> rgb, Span<int> counts)
    {
        counts.Clear();
        for (var i = 0; i < rgb.Length; i += Channels)
        {
            counts[rgb[i]]++;
            counts[Levels + rgb[i + 1]]++;
            counts[2 * Levels + rgb[i + 2]]++;
        }
    }

    private static void Replace(Span<byte> rgb, ReadOnlySpan<byte> tables)
    {
        for (var i = 0; i < rgb.Length; i += Channels)
        {
            rgb[i] = tables[rgb[i]];
            rgb[i + 1] = tables[Levels + rgb[i + 1]];
            rgb[i + 2] = tables[2 * Levels + rgb[i + 2]];
        }
    }
}
