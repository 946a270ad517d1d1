using GpuGeek.Domain.Models;
using GpuGeek.Imaging.Resampling;

namespace GpuGeek.Imaging;

/// <summary>Where a picture goes in the square that the network sees.</summary>
/// <param name="Width">Of the whole picture after resizing, pixels.</param>
/// <param name="Height">Likewise.</param>
/// <param name="Kept">The part of the resized picture that stands in the square.</param>
/// <param name="X">Where that part begins in the square.</param>
/// <param name="Y">Likewise.</param>
internal readonly record struct Framing(int Width, int Height, Region Kept, int X = 0, int Y = 0)
{
    public static Framing Of(int width, int height, Preprocessing preprocessing)
    {
        var side = preprocessing.CropSize;
        return preprocessing.Resize switch
        {
            ResizeRule.Crop => Cropped(width, height, preprocessing.ResizeShorter, side),
            ResizeRule.Squash => new(side, side, new(0, 0, side, side)),
            ResizeRule.Pad => Padded(width, height, side),
            var unknown => throw new ArgumentException($"The resize rule {unknown} is not known.", nameof(preprocessing)),
        };
    }

    /// <summary>The shorter side becomes <paramref name="shorter"/>, the longer <c>int(shorter * long / short)</c>.</summary>
    public static (int Width, int Height) ResizedSize(int width, int height, int shorter)
    {
        // Integer division equals Python's int(shorter * long / short) for all sizes that a picture can have.
        return width <= height
            ? (shorter, checked((int)((long)shorter * height / width)))
            : (checked((int)((long)shorter * width / height)), shorter);
    }

    private static Framing Cropped(int width, int height, int shorter, int side)
    {
        var (resizedWidth, resizedHeight) = ResizedSize(width, height, shorter);
        if (resizedWidth < side || resizedHeight < side)
            throw new ArgumentException(
                $"A crop of {side} pixels does not fit in a picture resized to {resizedWidth} x {resizedHeight}: CropSize must not exceed "
                    + "ResizeShorter."
            );
        return new(resizedWidth, resizedHeight, new(Half(resizedWidth - side), Half(resizedHeight - side), side, side));
    }

    /// <summary>Pillow's <c>ImageOps.pad</c>.</summary>
    private static Framing Padded(int width, int height, int side)
    {
        var (across, down) = width >= height ? (side, Shorter(height, width, side)) : (Shorter(width, height, side), side);
        return new(across, down, new(0, 0, across, down), Half(side - across), Half(side - down));
    }

    private static int Shorter(int shorter, int longer, int side) =>
        Math.Max(1, (int)Math.Round((double)shorter / longer * side, MidpointRounding.ToEven));

    private static int Half(int spare) => (int)Math.Round(spare / 2.0, MidpointRounding.ToEven);
}
