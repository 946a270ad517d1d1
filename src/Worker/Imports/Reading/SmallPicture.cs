using GpuGeek.Domain.Common.Formats;
using GpuGeek.Imaging;

namespace GpuGeek.Worker.Imports.Reading;

/// <summary>The picture that the gallery shows.</summary>
internal static class SmallPicture
{
    private const int LongerSide = 256;

    /// <summary>A JPEG of so many bytes and pixels is small enough: saving it once more costs half of its import, and quality.</summary>
    private const int SmallBytes = 32 << 10;

    /// <returns>A JPEG, without what is no pixel and no colour.</returns>
    public static byte[] Of(byte[] bytes, PictureEvent found, RgbImage pixels) =>
        IsSmall(bytes, found) && PictureMetadata.Without(bytes) is { } small ? small : Thumbnails.Create(pixels, LongerSide);

    private static bool IsSmall(byte[] bytes, PictureEvent found) =>
        found.Format == "jpeg" && Math.Max(found.Width, found.Height) <= LongerSide && bytes.Length <= SmallBytes;
}
