using SkiaSharp;

namespace GpuGeek.Imaging.Decoding;

/// <summary>Reads the pixels from a codec. Any result but success leaves a part unwritten, including "incomplete input", which other
/// readers fill with grey.</summary>
internal static class SkiaPixels
{
    private const int StripeBytes = 256 << 10;

    public static void Read(SKCodec codec, ImageProbe probe, Span<byte> rgb)
    {
        var opaque = codec.Info.AlphaType == SKAlphaType.Opaque;
        // No colour space: no colour management. Straight alpha: premultiplying loses the colour of faint pixels.
        var info = new SKImageInfo(
            codec.Info.Width,
            codec.Info.Height,
            SKColorType.Rgba8888,
            opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul,
            colorspace: null
        );
        var writer = new PixelWriter(info.Width, info.Height, opaque, probe.Orientation);
        if (probe.Format == ImageFormat.Jpeg)
            ReadStripes(codec, info, probe, writer, rgb);
        else
            ReadWhole(codec, info, probe, writer, rgb);
    }

    private static unsafe void ReadWhole(SKCodec codec, SKImageInfo info, ImageProbe probe, PixelWriter writer, Span<byte> rgb)
    {
        using var rgba = new PixelBuffer(info.BytesSize);
        fixed (byte* pixels = rgba.Span)
        {
            if (codec.GetPixels(info, (nint)pixels, info.RowBytes, new SKCodecOptions(0)) is not SKCodecResult.Success)
                throw ImageDecoder.Unreadable(probe);
        }
        writer.Write(rgba.Span, 0, rgb);
    }

    /// <summary>A few rows at a time, which stay in the processor's cache and save the memory of a whole RGBA picture.</summary>
    private static unsafe void ReadStripes(SKCodec codec, SKImageInfo info, ImageProbe probe, PixelWriter writer, Span<byte> rgb)
    {
        if (codec.StartScanlineDecode(info) is not SKCodecResult.Success)
            throw ImageDecoder.Unreadable(probe);
        var stripe = Math.Clamp(StripeBytes / info.RowBytes, 1, info.Height);
        using var rgba = new PixelBuffer(stripe * info.RowBytes);
        for (var row = 0; row < info.Height; row += stripe)
        {
            var rows = Math.Min(stripe, info.Height - row);
            fixed (byte* pixels = rgba.Span)
            {
                if (codec.GetScanlines((nint)pixels, rows, info.RowBytes) != rows)
                    throw ImageDecoder.Unreadable(probe);
            }
            writer.Write(rgba.Span[..(rows * info.RowBytes)], row, rgb);
        }
    }
}
