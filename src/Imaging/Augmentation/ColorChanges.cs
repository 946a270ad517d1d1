using GpuGeek.Domain.Common;
using GpuGeek.Imaging.Transforms;
using GpuGeek.Recipes;

namespace GpuGeek.Imaging.Augmentation;

/// <summary>The changes of colours and sharpness, in place.</summary>
internal static class ColorChanges
{
    private const double LeastSigma = 0.1;

    /// <param name="picture">A square.</param>
    /// <param name="settings">What may change.</param>
    /// <param name="random">The stream of the first settings.</param>
    public static void Apply(RgbImage picture, AugmentationSettings settings, ref CounterRandom random)
    {
        var rgb = picture.Pixels.AsSpan();
        if (settings.ColorJitter > 0)
        {
            ColorEnhancer.Brightness(rgb, (float)Draws.Factor(settings.ColorJitter, ref random));
            ColorEnhancer.Contrast(rgb, (float)Draws.Factor(settings.ColorJitter, ref random));
            ColorEnhancer.Saturation(rgb, (float)Draws.Factor(settings.ColorJitter, ref random));
        }
        if (settings.Hue > 0)
            HueShift.Apply(rgb, random.Of(AugmentationStream.Hue).Uniform(-settings.Hue, settings.Hue));
        if (IsDrawn(settings.Grayscale, random.Of(AugmentationStream.Grayscale)))
            ColorEnhancer.Grayscale(rgb);
        Sharpness(picture, settings, random);
        Levels(rgb, settings, random);
    }

    private static void Sharpness(RgbImage picture, AugmentationSettings settings, CounterRandom random)
    {
        var rgb = picture.Pixels.AsSpan();
        var size = picture.Width;
        var blur = random.Of(AugmentationStream.Blur);
        if (blur.NextDouble() < settings.Blur)
        {
            var sigma = blur.Uniform(LeastSigma, settings.BlurSigma);
            // Three deviations to each side: what lies beyond weighs less than 0.3 %.
            var reach = Math.Min((int)Math.Ceiling(3 * sigma), size - 1);
            Filters.GaussianBlur(rgb, size, size, 2 * reach + 1, sigma);
        }
        var sharpness = random.Of(AugmentationStream.Sharpness);
        if (settings.Sharpness > 0)
            Filters.Sharpness(rgb, size, size, (float)Draws.Factor(settings.Sharpness, ref sharpness));
    }

    private static void Levels(Span<byte> rgb, AugmentationSettings settings, CounterRandom random)
    {
        if (IsDrawn(settings.Posterize, random.Of(AugmentationStream.Posterize)))
            ToneCurves.Posterize(rgb, settings.PosterizeBits);
        if (IsDrawn(settings.Solarize, random.Of(AugmentationStream.Solarize)))
            ToneCurves.Solarize(rgb, settings.SolarizeThreshold);
        if (IsDrawn(settings.Equalize, random.Of(AugmentationStream.Equalize)))
            ToneCurves.Equalize(rgb);
        if (IsDrawn(settings.AutoContrast, random.Of(AugmentationStream.AutoContrast)))
            ToneCurves.AutoContrast(rgb);
        if (IsDrawn(settings.Invert, random.Of(AugmentationStream.Invert)))
            ToneCurves.Invert(rgb);
    }

    private static bool IsDrawn(double probability, CounterRandom random) => random.NextDouble() < probability;
}
