namespace GpuGeek.Imaging;

/// <summary>Limits that are checked before any pixel is decoded. Decoding needs at most about 7 bytes per pixel.</summary>
/// <param name="MaxPixels">Width times height.</param>
/// <param name="MaxSide">Pixels of either side.</param>
/// <param name="MaxBytes">Bytes of the encoded file.</param>
public sealed record ImageLimits(long MaxPixels = 40_000_000, int MaxSide = 16_384, long MaxBytes = 64L << 20)
{
    public static ImageLimits Default { get; } = new();
}
