using GpuGeek.Domain.Common;
using GpuGeek.Imaging.Resampling;
using GpuGeek.Recipes;

namespace GpuGeek.Imaging.Augmentation;

/// <summary>Random boxes, corners and factors, with torchvision's ranges.</summary>
internal static class Draws
{
    public const double LeastErased = 0.02;
    private const int Attempts = 10;
    private static readonly (double Low, double High) CropRatio = (3.0 / 4, 4.0 / 3),
        ErasedRatio = (0.3, 3.3);

    /// <summary>A factor from 1 ± <paramref name="range"/>, never below 0.</summary>
    public static double Factor(double range, ref CounterRandom random) => random.Uniform(Math.Max(0, 1 - range), 1 + range);

    /// <summary>torchvision's RandomResizedCrop (Szegedy et al. 2014, arXiv:1409.4842). If no box fits, it is the largest at the
    /// centre.</summary>
    public static Region Crop(int width, int height, double scaleMin, ref CounterRandom random)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = width * (double)height * random.Uniform(scaleMin, 1);
            var ratio = Ratio(CropRatio, ref random);
            int boxWidth = (int)Math.Round(Math.Sqrt(area * ratio)),
                boxHeight = (int)Math.Round(Math.Sqrt(area / ratio));
            if (boxWidth >= 1 && boxHeight >= 1 && boxWidth <= width && boxHeight <= height)
                return new(random.Below(width - boxWidth + 1), random.Below(height - boxHeight + 1), boxWidth, boxHeight);
        }
        return LargestCentre(width, height);
    }

    /// <summary>torchvision's RandomCrop with padding: where the box of the picture's own size begins, seen from the picture.</summary>
    public static (int X, int Y) Displacement(int size, double share, CounterRandom random)
    {
        var padding = (int)Math.Round(share * size);
        return (random.Below(2 * padding + 1) - padding, random.Below(2 * padding + 1) - padding);
    }

    /// <summary>torchvision's RandomAffine without its rotation.</summary>
    public static AffineChange Affine(AugmentationSettings settings, int size, CounterRandom random)
    {
        var reach = settings.Shift * size;
        return new(
            ShiftX: (int)Math.Round(random.Uniform(-reach, reach)),
            ShiftY: (int)Math.Round(random.Uniform(-reach, reach)),
            Scale: random.Uniform(1 - settings.Zoom, 1 + settings.Zoom),
            ShearX: random.Uniform(-settings.ShearDegrees, settings.ShearDegrees)
        );
    }

    /// <summary>torchvision's RandomPerspective: each corner moves towards the centre. Corners over which a picture would fold are drawn
    /// again.</summary>
    /// <returns>Null: ten draws folded.</returns>
    public static PictureCorners? Corners(int size, double distortion, CounterRandom random)
    {
        var reach = (int)(distortion * (size / 2));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            int Near(ref CounterRandom from) => from.Below(reach + 1);
            int Far(ref CounterRandom from) => size - 1 - from.Below(reach + 1);
            var corners = new PictureCorners(
                (Near(ref random), Near(ref random)),
                (Far(ref random), Near(ref random)),
                (Far(ref random), Far(ref random)),
                (Near(ref random), Far(ref random))
            );
            if (corners.AreConvex)
                return corners;
        }
        return null;
    }

    /// <summary>torchvision's RandomErasing (Zhong et al. 2017, arXiv:1708.04896).</summary>
    /// <returns>Null: ten draws did not fit.</returns>
    public static Region? Erasing(int size, double most, CounterRandom random)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = size * (double)size * random.Uniform(LeastErased, most);
            var ratio = Ratio(ErasedRatio, ref random);
            int height = (int)Math.Round(Math.Sqrt(area * ratio)),
                width = (int)Math.Round(Math.Sqrt(area / ratio));
            if (width >= 1 && height >= 1 && width < size && height < size)
                return new(random.Below(size - width + 1), random.Below(size - height + 1), width, height);
        }
        return null;
    }

    private static double Ratio((double Low, double High) range, ref CounterRandom random) =>
        Math.Exp(random.Uniform(Math.Log(range.Low), Math.Log(range.High)));

    private static Region LargestCentre(int width, int height)
    {
        var ratio = Math.Clamp((double)width / height, CropRatio.Low, CropRatio.High);
        var boxWidth = Math.Clamp((int)Math.Round(height * ratio), 1, width);
        var boxHeight = Math.Clamp((int)Math.Round(width / ratio), 1, height);
        return new((width - boxWidth) / 2, (height - boxHeight) / 2, boxWidth, boxHeight);
    }
}
