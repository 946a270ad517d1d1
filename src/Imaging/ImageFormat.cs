namespace GpuGeek.Imaging;

/// <summary>The supported picture formats, detected by their first bytes and never by a file name.</summary>
public enum ImageFormat
{
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
}
