using System.Runtime.Intrinsics;

namespace GpuGeek.Imaging.Decoding;

/// <summary>Converts the decoder's RGBA rows to RGB: composites over white and applies the EXIF orientation in one pass.</summary>
/// <param name="width">Stored width.</param>
/// <param name="height">Stored height.</param>
/// <param name="opaque">Alpha is 255 everywhere and is not read.</param>
/// <param name="orientation">EXIF, 1..8.</param>
internal readonly struct PixelWriter(int width, int height, bool opaque, int orientation)
{
    /// <param name="rgba">Complete rows as stored, straight (not premultiplied) alpha.</param>
    /// <param name="firstRow">Position of the first row in the stored picture.</param>
    /// <param name="rgb">The whole picture after rotation.</param>
    public void Write(Span<byte> rgba, int firstRow, Span<byte> rgb)
    {
        if (!opaque)
            OverWhite(rgba);
        if (orientation == 1)
        {
            Pack(rgba, rgb.Slice(firstRow * width * 3, rgba.Length / 4 * 3));
            return;
        }
        var walk = Walk(width, height, orientation);
        for (var y = 0; y < rgba.Length / (width * 4); y++)
            Scatter(rgba.Slice(y * width * 4, width * 4), rgb, (walk.Origin + (firstRow + y) * walk.DownStep) * 3, walk.RightStep * 3);
    }

    /// <summary>Target of the stored top left pixel, and the step for one stored pixel right and down, in rotated pixels.</summary>
    private static (int Origin, int RightStep, int DownStep) Walk(int width, int height, int orientation) =>
        orientation switch
        {
            2 => (width - 1, -1, width),
            3 => (width * height - 1, -1, -width),
            4 => (width * (height - 1), 1, -width),
            5 => (0, height, 1),
            6 => (height - 1, height, -1),
            7 => (width * height - 1, -height, -1),
            8 => (height * (width - 1), -height, 1),
            _ => (0, 1, width),
        };

    private static void Scatter(ReadOnlySpan<byte> row, Span<byte> rgb, int at, int step)
    {
        for (var x = 0; x < row.Length; x += 4, at += step)
        {
            rgb[at] = row[x];
            rgb[at + 1] = row[x + 1];
            rgb[at + 2] = row[x + 2];
        }
    }

    private static void Pack(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        int from = 0,
            to = 0;
        // Four pixels at a time; the next write overwrites the four extra bytes.
        for (; to <= rgb.Length - 16; from += 16, to += 12)
            Vector128
                .Shuffle(
                    Vector128.Create(rgba.Slice(from, 16)),
                    Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255)
                )
                .CopyTo(rgb[to..]);
        for (; from < rgba.Length; from += 4, to += 3)
        {
            rgb[to] = rgba[from];
            rgb[to + 1] = rgba[from + 1];
            rgb[to + 2] = rgba[from + 2];
        }
    }

    private static void OverWhite(Span<byte> rgba)
    {
        for (var i = 0; i < rgba.Length; i += 4)
        {
            var alpha = rgba[i + 3];
            if (alpha == 255)
                continue;
            rgba[i] = Blend(rgba[i], alpha);
            rgba[i + 1] = Blend(rgba[i + 1], alpha);
            rgba[i + 2] = Blend(rgba[i + 2], alpha);
        }
    }

    /// <summary>Rounded <c>(value * alpha + 255 * (255 - alpha)) / 255</c> without a division, like Pillow.</summary>
    private static byte Blend(int value, int alpha)
    {
        var sum = value * alpha + 255 * (255 - alpha) + 128;
        return (byte)((sum + (sum >> 8)) >> 8);
    }
}
