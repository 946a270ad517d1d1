using GpuGeek.Domain.Models;
using GpuGeek.Imaging.Decoding;
using GpuGeek.Imaging.Transforms;

namespace GpuGeek.Imaging;

/// <summary>Executes a model's <see cref="Preprocessing"/>. Sizes and offsets equal torchvision's and Pillow's to the pixel.</summary>
public static class Preprocessor
{
    /// <summary>Resizes the shorter side to <paramref name="shorter"/>, the longer to <c>int(shorter * long / short)</c>.</summary>
    /// <exception cref="ImageException">The result would have more pixels than <see cref="ImageLimits.Default"/> allows: a strip one pixel
    /// high grows without bound.</exception>
    public static RgbImage ResizeShorter(RgbImage image, int shorter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shorter, 1);
        image.Check();
        var (width, height) = Framing.ResizedSize(image.Width, image.Height, shorter);
        if ((long)width * height > ImageLimits.Default.MaxPixels)
            throw ImageException.OfTooLarge(
                $"The picture of {image.Width} x {image.Height} pixels is too elongated to be resized to {width} x {height}."
            );
        return Resampler.Resize(image, width, height);
    }

    /// <summary>The square that the network sees, before it loses its colours and becomes a tensor.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="preprocessing">Only its sizes, its resize rule and its colour are used.</param>
    public static RgbImage Square(RgbImage image, Preprocessing preprocessing)
    {
        image.Check();
        var square = RgbImage.Unwritten(preprocessing.CropSize, preprocessing.CropSize);
        WriteSquare(image.Pixels, image.Width, image.Height, preprocessing, square.Pixels);
        return square;
    }

    /// <summary>Takes the colours from a picture, in place: the luma of each pixel in all three channels, as Pillow computes it.</summary>
    public static void ToGray(RgbImage image)
    {
        image.Check();
        ColorEnhancer.Grayscale(image.Pixels);
    }

    /// <summary>Writes <c>(value / 255 - mean) / std</c> channel by channel, of the luma where the model sees no colours.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="preprocessing">Its sizes and its resize rule are not used.</param>
    /// <param name="chw"><c>3 * Height * Width</c> floats: all of R, then G, then B.</param>
    public static void ToTensor(RgbImage image, Preprocessing preprocessing, Span<float> chw)
    {
        image.Check();
        TensorWriter.Write(image.Pixels, preprocessing, chw);
    }

    /// <summary>From the original bytes to the network's input: decode, make it a square, normalise.</summary>
    /// <param name="original">The picture's file.</param>
    /// <param name="preprocessing">The model's.</param>
    /// <param name="chw"><c>3 * CropSize * CropSize</c> floats: all of R, then G, then B.</param>
    /// <param name="limits">Null takes <see cref="ImageLimits.Default"/>.</param>
    /// <exception cref="ImageException">The picture is refused or damaged.</exception>
    public static void Run(byte[] original, Preprocessing preprocessing, Span<float> chw, ImageLimits? limits = null)
    {
        using var decoded = ImageDecoder.DecodeBorrowed(original, limits);
        using var square = new PixelBuffer(preprocessing.CropSize * preprocessing.CropSize * 3);
        WriteSquare(decoded.Span, decoded.Width, decoded.Height, preprocessing, square.Span);
        TensorWriter.Write(square.Span, preprocessing, chw);
    }

    // Computes only what stands in the square: a strip one pixel high is never resized whole.
    private static void WriteSquare(ReadOnlySpan<byte> rgb, int width, int height, Preprocessing preprocessing, Span<byte> square)
    {
        var side = preprocessing.CropSize;
        var framing = Framing.Of(width, height, preprocessing);
        if (framing.Kept.Width == side && framing.Kept.Height == side)
        {
            Resampler.ResizeRegion(rgb, width, height, framing.Width, framing.Height, framing.Kept, square);
            return;
        }
        Boxes.Fill(square, [.. (preprocessing.PadColor ?? [0, 0, 0]).Select(channel => (byte)channel)]);
        using var kept = new PixelBuffer(framing.Kept.Width * framing.Kept.Height * 3);
        Resampler.ResizeRegion(rgb, width, height, framing.Width, framing.Height, framing.Kept, kept.Span);
        var row = framing.Kept.Width * 3;
        for (var y = 0; y < framing.Kept.Height; y++)
            kept.Span.Slice(y * row, row).CopyTo(square[(((framing.Y + y) * side + framing.X) * 3)..]);
    }
}
