namespace GpuGeek.Imaging;

/// <summary>
/// A difference hash (Krawetz, "Kind of Like That", 2013): which of 12 x 12 means of brightness are larger than their neighbours to the
/// left and above. It changes little when a picture is compressed again, resized or made brighter, and much when it is cropped or
/// mirrored.
/// </summary>
public static class PerceptualHash
{
    private const int Side = 12;

    /// <summary>132 bits of neighbours to the left, and 132 of neighbours above.</summary>
    public const int Length = 2 * Side * (Side - 1) / 8;

    /// <returns><see cref="Length"/> bytes.</returns>
    public static byte[] Of(RgbImage image)
    {
        image.Check();
        var means = Means(image);
        var hash = new byte[Length];
        var bit = 0;
        for (var y = 0; y < Side; y++)
        for (var x = 1; x < Side; x++)
            Set(means[y * Side + x] > means[y * Side + x - 1]);
        for (var y = 1; y < Side; y++)
        for (var x = 0; x < Side; x++)
            Set(means[y * Side + x] > means[(y - 1) * Side + x]);
        return hash;

        void Set(bool isLarger)
        {
            if (isLarger)
                hash[bit / 8] |= (byte)(1 << (bit % 8));
            bit++;
        }
    }

    /// <summary>Mean brightness of each field, rounded to a 16th of a grey level, so that noise in a plain area does not count.</summary>
    private static int[] Means(RgbImage image)
    {
        var means = new int[Side * Side];
        for (var y = 0; y < Side; y++)
        {
            var (top, bottom) = Field(y, image.Height);
            for (var x = 0; x < Side; x++)
            {
                var (left, right) = Field(x, image.Width);
                long sum = 0;
                for (var row = top; row < bottom; row++)
                    sum += Brightness(image.Pixels.AsSpan((row * image.Width + left) * 3, (right - left) * 3));
                means[y * Side + x] = (int)(sum * 16 / 1000 / ((long)(bottom - top) * (right - left)));
            }
        }
        return means;
    }

    /// <summary>A small picture has fields of one pixel, which overlap.</summary>
    private static (int From, int To) Field(int index, int length)
    {
        var from = (int)((long)index * length / Side);
        return (from, Math.Max(from + 1, (int)((long)(index + 1) * length / Side)));
    }

    /// <summary>ITU-R BT.601, times 1000.</summary>
    private static long Brightness(ReadOnlySpan<byte> pixels)
    {
        long red = 0;
        long green = 0;
        long blue = 0;
        for (var i = 0; i < pixels.Length; i += 3)
        {
            red += pixels[i];
            green += pixels[i + 1];
            blue += pixels[i + 2];
        }
        return red * 299 + green * 587 + blue * 114;
    }
}
