namespace GpuGeek.Imaging;

/// <summary>Creates the small pictures for galleries.</summary>
public static class Thumbnails
{
    private const int Quality = 85;

    /// <summary>A JPEG whose longer side is at most <paramref name="longerSide"/> pixels; a small picture is not enlarged.</summary>
    public static byte[] Create(RgbImage image, int longerSide = 256)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(longerSide, 1);
        var longer = Math.Max(image.Width, image.Height);
        return ImageEncoder.Jpeg(
            longer <= longerSide ? image : Resampler.Resize(image, Scaled(image.Width), Scaled(image.Height)),
            Quality
        );

        int Scaled(int side) => Math.Max(1, (int)Math.Round((double)side * longerSide / longer));
    }
}
