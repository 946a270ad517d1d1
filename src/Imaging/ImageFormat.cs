namespace GpuGeek.Imaging;

/// <summary>The kinds of picture that are read, told apart by their first bytes and never by a file name.</summary>
public enum ImageFormat
{
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
}
