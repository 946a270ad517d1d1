using System.Globalization;
using GpuGeek.Imaging.Probing;

namespace GpuGeek.Imaging;

/// <summary>Reads a picture's header in managed code: no native decoder sees a file whose size was not checked first.</summary>
public static class ImageProber
{
    /// <summary>Detects format and size by content, and refuses pictures over the limits. Damage after the header is found only by
    /// decoding.</summary>
    /// <exception cref="ImageException">No bytes, no pixels, not a known format, truncated inside the header, or over a
    /// limit.</exception>
    public static ImageProbe Probe(ReadOnlySpan<byte> bytes, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        if (bytes.IsEmpty)
            throw ImageException.OfEmpty("The file is empty.");
        if (bytes.Length > limits.MaxBytes)
            throw ImageException.OfTooLarge(Said($"The file has {bytes.Length:N0} bytes; the maximum is {limits.MaxBytes:N0}."));
        var header = Read(bytes);
        Check(header, limits);
        var turned = header.Orientation >= 5;
        return new ImageProbe(
            header.Format,
            (int)(turned ? header.Height : header.Width),
            (int)(turned ? header.Width : header.Height),
            header.Orientation,
            header.Frames
        );
    }

    private static ImageHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (JpegHeader.Matches(bytes))
            return JpegHeader.Read(bytes);
        if (PngHeader.Matches(bytes))
            return PngHeader.Read(bytes);
        if (WebPHeader.Matches(bytes))
            return WebPHeader.Read(bytes);
        if (GifHeader.Matches(bytes))
            return GifHeader.Read(bytes);
        if (BmpHeader.Matches(bytes))
            return BmpHeader.Read(bytes);
        throw ImageException.OfUnsupported("The file is not a JPEG, PNG, WebP, GIF or BMP picture.");
    }

    private static void Check(ImageHeader header, ImageLimits limits)
    {
        if (header.Width < 0)
            throw ImageException.OfDamaged("The picture has a negative width.");
        if (header.Width == 0 || header.Height == 0)
            throw ImageException.OfEmpty($"The picture has {header.Width} x {header.Height} pixels.");
        if (header.Width > limits.MaxSide || header.Height > limits.MaxSide)
            throw ImageException.OfTooLarge(
                Said($"The picture has {header.Width:N0} x {header.Height:N0} pixels; the maximum per side is {limits.MaxSide:N0}.")
            );
        if (header.Width * header.Height > limits.MaxPixels)
            throw ImageException.OfTooLarge(
                Said($"The picture has {header.Width * header.Height:N0} pixels; the maximum is {limits.MaxPixels:N0}.")
            );
    }

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
