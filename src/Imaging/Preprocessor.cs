using GpuGeek.Domain.Models;
using GpuGeek.Imaging.Decoding;
using GpuGeek.Imaging.Resampling;

namespace GpuGeek.Imaging;

/// <summary>Executes a model's <see cref="Preprocessing"/>. Sizes and offsets equal torchvision's to the pixel.</summary>
public static class Preprocessor
{
    /// <summary>Resizes the shorter side to <paramref name="shorter"/>, the longer to <c>int(shorter * long / short)</c>.</summary>
    /// <exception cref="ImageException">The result would have more pixels than <see cref="ImageLimits.Default"/> allows: a strip one pixel
    /// high grows without bound.</exception>
    public static RgbImage ResizeShorter(RgbImage image, int shorter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shorter, 1);
        image.Check();
        var (width, height) = ResizedSize(image.Width, image.Height, shorter);
        if ((long)width * height > ImageLimits.Default.MaxPixels)
            throw ImageException.OfTooLarge(
                $"The picture of {image.Width} x {image.Height} pixels is too elongated to be resized to {width} x {height}."
            );
        return Resampler.Resize(image, width, height);
    }

    /// <summary>Cuts the centre square at <c>round((side - size) / 2)</c>, half to even; a smaller picture is padded with black on both
    /// sides first.</summary>
    public static RgbImage CenterCrop(RgbImage image, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        image.Check();
        var padded =
            image.Width < size || image.Height < size ? Pad(image, Math.Max(image.Width, size), Math.Max(image.Height, size)) : image;
        var result = RgbImage.Unwritten(size, size);
        Resampler.CopyRegion(padded.Pixels, padded.Width, Center(padded.Width, padded.Height, size), result.Pixels);
        return result;
    }

    /// <summary>Writes <c>(value / 255 - mean) / std</c> channel by channel.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="preprocessing">Only its mean and standard deviation are used.</param>
    /// <param name="chw"><c>3 * Height * Width</c> floats: all of R, then G, then B.</param>
    public static void ToTensor(RgbImage image, Preprocessing preprocessing, Span<float> chw)
    {
        image.Check();
        TensorWriter.Write(image.Pixels, preprocessing, chw);
    }

    /// <summary>From the original bytes to the network's input: decode, resize the shorter side, cut the centre, normalise.</summary>
    /// <param name="original">The picture's file.</param>
    /// <param name="preprocessing">The model's.</param>
    /// <param name="chw"><c>3 * CropSize * CropSize</c> floats: all of R, then G, then B.</param>
    /// <param name="limits">Null takes <see cref="ImageLimits.Default"/>.</param>
    /// <exception cref="ImageException">The picture is refused or damaged.</exception>
    public static void Run(byte[] original, Preprocessing preprocessing, Span<float> chw, ImageLimits? limits = null)
    {
        var crop = preprocessing.CropSize;
        using var decoded = ImageDecoder.DecodeBorrowed(original, limits);
        var (width, height) = ResizedSize(decoded.Width, decoded.Height, preprocessing.ResizeShorter);
        if (width < crop || height < crop)
            throw new ArgumentException(
                $"A crop of {crop} pixels does not fit in a picture resized to {width} x {height}: CropSize must not exceed ResizeShorter."
            );
        using var cut = new PixelBuffer(crop * crop * 3);
        Resampler.ResizeRegion(decoded.Span, decoded.Width, decoded.Height, width, height, Center(width, height, crop), cut.Span);
        TensorWriter.Write(cut.Span, preprocessing, chw);
    }

    internal static (int Width, int Height) ResizedSize(int width, int height, int shorter)
    {
        // Integer division equals Python's int(shorter * long / short) for all sizes that a picture can have.
        return width <= height
            ? (shorter, checked((int)((long)shorter * height / width)))
            : (checked((int)((long)shorter * width / height)), shorter);
    }

    private static Region Center(int width, int height, int size) => new(Offset(width - size), Offset(height - size), size, size);

    private static int Offset(int spare) => (int)Math.Round(spare / 2.0, MidpointRounding.ToEven);

    private static RgbImage Pad(RgbImage image, int width, int height)
    {
        var padded = RgbImage.Black(width, height);
        int left = (width - image.Width) / 2,
            top = (height - image.Height) / 2;
        for (var y = 0; y < image.Height; y++)
            image.Pixels.AsSpan(y * image.Width * 3, image.Width * 3).CopyTo(padded.Pixels.AsSpan(((top + y) * width + left) * 3));
        return padded;
    }
}
