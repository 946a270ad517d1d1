using GpuGeek.Imaging.Decoding;
using SkiaSharp;

namespace GpuGeek.Imaging;

/// <summary>
/// Decodes a picture to RGB: the only implementation for import, training, evaluation and serving. The EXIF orientation is applied once;
/// alpha is composited over white; 16 bits become 8; gray, palette and CMYK become RGB; only the first frame of an animation is read.
/// Embedded colour profiles are not converted (values are interpreted as sRGB, as Pillow and torchvision do). Always decoded at full
/// size: a JPEG's scaled decode is faster, but gives other pixels than in training.
/// </summary>
public static class ImageDecoder
{
    /// <exception cref="ImageException">Refused by <see cref="ImageProber"/>, truncated, or damaged: missing parts are never filled with
    /// grey.</exception>
    public static RgbImage Decode(byte[] bytes, ImageLimits? limits = null)
    {
        var probe = ImageProber.Probe(bytes, limits);
        var image = RgbImage.Unwritten(probe.Width, probe.Height);
        DecodeTo(bytes, probe, image.Pixels);
        return image;
    }

    /// <summary>Like <see cref="Decode"/>, in a pooled buffer that the caller disposes.</summary>
    internal static DecodedPixels DecodeBorrowed(byte[] bytes, ImageLimits? limits)
    {
        var probe = ImageProber.Probe(bytes, limits);
        var pixels = new DecodedPixels(probe.Width, probe.Height);
        try
        {
            DecodeTo(bytes, probe, pixels.Span);
            return pixels;
        }
        catch
        {
            pixels.Dispose();
            throw;
        }
    }

    private static void DecodeTo(ReadOnlySpan<byte> bytes, ImageProbe probe, Span<byte> rgb)
    {
        using var prepared = probe.Format == ImageFormat.Jpeg ? JpegStream.Prepare(bytes) : null;
        DecodePrepared(prepared is null ? bytes : prepared.Span, probe, rgb);
    }

    private static unsafe void DecodePrepared(ReadOnlySpan<byte> bytes, ImageProbe probe, Span<byte> rgb)
    {
        fixed (byte* pinned = bytes)
        {
            using var data = SKData.Create((nint)pinned, bytes.Length);
            using var codec = SKCodec.Create(data) ?? throw Unreadable(probe);
            var (width, height) = probe.Orientation >= 5 ? (probe.Height, probe.Width) : (probe.Width, probe.Height);
            if (codec.Info.Width != width || codec.Info.Height != height)
                throw Unreadable(probe);
            SkiaPixels.Read(codec, probe, rgb);
        }
    }

    internal static ImageException Unreadable(ImageProbe probe) =>
        ImageException.OfDamaged($"The {probe.Format} picture of {probe.Width} x {probe.Height} pixels is truncated or damaged.");
}
