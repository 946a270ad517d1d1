using GpuGeek.Imaging.Transforms;

namespace GpuGeek.Imaging;

public static partial class TrainingTransforms
{
    /// <summary>Brightness, then contrast, then saturation, as Pillow's <c>ImageEnhance</c>; 1 changes nothing, 0 is black, gray mean, or
    /// gray.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="brightness">Factor, at least 0.</param>
    /// <param name="contrast">Factor, at least 0.</param>
    /// <param name="saturation">Factor, at least 0.</param>
    public static RgbImage ColorJitter(RgbImage image, double brightness, double contrast, double saturation)
    {
        var result = Copy(image);
        ColorEnhancer.Brightness(result.Pixels, (float)brightness);
        ColorEnhancer.Contrast(result.Pixels, (float)contrast);
        ColorEnhancer.Saturation(result.Pixels, (float)saturation);
        return result;
    }

    /// <summary>Moves hues along the colour circle: torchvision's <c>adjust_hue</c>.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="turn">Of the circle, -0.5 to 0.5; 0 changes nothing but rounding.</param>
    public static RgbImage Hue(RgbImage image, double turn)
    {
        if (!(Math.Abs(turn) <= 0.5))
            throw new ArgumentOutOfRangeException(nameof(turn), turn, "A turn of the hue lies between -0.5 and 0.5.");
        var result = Copy(image);
        HueShift.Apply(result.Pixels, turn);
        return result;
    }

    /// <summary>The luma (ITU-R 601) in all three channels.</summary>
    public static RgbImage Grayscale(RgbImage image)
    {
        var result = Copy(image);
        ColorEnhancer.Grayscale(result.Pixels);
        return result;
    }

    /// <summary>torchvision's <c>gaussian_blur</c>; the edge is mirrored.</summary>
    /// <param name="image">Any size above half the kernel's.</param>
    /// <param name="kernelSize">Odd, pixels.</param>
    /// <param name="sigma">Standard deviation, pixels, above 0.</param>
    public static RgbImage GaussianBlur(RgbImage image, int kernelSize, double sigma)
    {
        if (kernelSize < 1 || kernelSize % 2 == 0 || kernelSize / 2 >= Math.Min(image.Width, image.Height) || !(sigma > 0))
            throw new ArgumentException(
                $"A kernel of {kernelSize} pixels, deviation {sigma}, cannot blur {image.Width} x {image.Height} pixels."
            );
        var result = Copy(image);
        Filters.GaussianBlur(result.Pixels, image.Width, image.Height, kernelSize, sigma);
        return result;
    }

    /// <summary>As Pillow's <c>ImageEnhance.Sharpness</c>: 0 smooths, 1 changes nothing, 2 sharpens.</summary>
    /// <param name="image">Any size; the outermost pixels stay.</param>
    /// <param name="factor">At least 0.</param>
    public static RgbImage Sharpness(RgbImage image, double factor)
    {
        var result = Copy(image);
        Filters.Sharpness(result.Pixels, image.Width, image.Height, (float)factor);
        return result;
    }

    /// <summary>Keeps the highest bits of each value.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="bits">0 to 8.</param>
    public static RgbImage Posterize(RgbImage image, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
        var result = Copy(image);
        ToneCurves.Posterize(result.Pixels, bits);
        return result;
    }

    /// <summary>Inverts values from a threshold on.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="threshold">0 inverts all of it, 256 nothing.</param>
    public static RgbImage Solarize(RgbImage image, double threshold)
    {
        var result = Copy(image);
        ToneCurves.Solarize(result.Pixels, threshold);
        return result;
    }

    /// <summary>Makes the levels of each channel equally frequent.</summary>
    public static RgbImage Equalize(RgbImage image)
    {
        var result = Copy(image);
        ToneCurves.Equalize(result.Pixels);
        return result;
    }

    /// <summary>Stretches each channel over all levels.</summary>
    public static RgbImage AutoContrast(RgbImage image)
    {
        var result = Copy(image);
        ToneCurves.AutoContrast(result.Pixels);
        return result;
    }

    /// <summary>The negative.</summary>
    public static RgbImage Invert(RgbImage image)
    {
        var result = Copy(image);
        ToneCurves.Invert(result.Pixels);
        return result;
    }
}
