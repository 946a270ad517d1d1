using GpuGeek.Domain.Models;
using GpuGeek.Imaging;
using GpuGeek.Recipes;
using GpuGeek.Training.Common;

namespace GpuGeek.Training.Data;

/// <summary>Draws the random numbers of one picture of one epoch and applies them. Crops follow torchvision's RandomResizedCrop (Szegedy et
/// al. 2014, arXiv:1409.4842).</summary>
internal static class Augmenter
{
    private const double NarrowestRatio = 3.0 / 4,
        WidestRatio = 4.0 / 3;
    private const int Attempts = 10;

    /// <returns>A square of the preprocessing's crop size.</returns>
    public static RgbImage Apply(RgbImage picture, AugmentationSettings augmentation, Preprocessing preprocessing, CounterRandom random)
    {
        var result =
            augmentation.CropScaleMin < 1
                ? Crop(picture, augmentation.CropScaleMin, preprocessing.CropSize, ref random)
                : Preprocessor.CenterCrop(Preprocessor.ResizeShorter(picture, preprocessing.ResizeShorter), preprocessing.CropSize);
        if (augmentation.HorizontalFlip && random.NextDouble() < 0.5)
            result = TrainingTransforms.FlipHorizontal(result);
        if (augmentation.RotationDegrees > 0)
            result = TrainingTransforms.Rotate(
                result,
                random.Uniform(-augmentation.RotationDegrees, augmentation.RotationDegrees),
                Fill(preprocessing)
            );
        if (augmentation.ColorJitter > 0)
            result = TrainingTransforms.ColorJitter(
                result,
                Factor(augmentation, ref random),
                Factor(augmentation, ref random),
                Factor(augmentation, ref random)
            );
        return result;
    }

    private static double Factor(AugmentationSettings augmentation, ref CounterRandom random) =>
        random.Uniform(Math.Max(0, 1 - augmentation.ColorJitter), 1 + augmentation.ColorJitter);

    /// <summary>The fill colour of a rotation becomes zero after normalisation.</summary>
    private static byte[] Fill(Preprocessing preprocessing) => [.. preprocessing.Mean.Select(m => (byte)Math.Round(m * 255))];

    private static RgbImage Crop(RgbImage picture, double scaleMin, int size, ref CounterRandom random)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = picture.Width * (double)picture.Height * random.Uniform(scaleMin, 1);
            var ratio = Math.Exp(random.Uniform(Math.Log(NarrowestRatio), Math.Log(WidestRatio)));
            int width = (int)Math.Round(Math.Sqrt(area * ratio)),
                height = (int)Math.Round(Math.Sqrt(area / ratio));
            if (width < 1 || height < 1 || width > picture.Width || height > picture.Height)
                continue;
            return TrainingTransforms.RandomResizedCrop(
                picture,
                random.Below(picture.Width - width + 1),
                random.Below(picture.Height - height + 1),
                width,
                height,
                size
            );
        }
        return LargestCentre(picture, size);
    }

    private static RgbImage LargestCentre(RgbImage picture, int size)
    {
        var ratio = Math.Clamp((double)picture.Width / picture.Height, NarrowestRatio, WidestRatio);
        var width = Math.Clamp((int)Math.Round(picture.Height * ratio), 1, picture.Width);
        var height = Math.Clamp((int)Math.Round(picture.Width / ratio), 1, picture.Height);
        return TrainingTransforms.RandomResizedCrop(
            picture,
            (picture.Width - width) / 2,
            (picture.Height - height) / 2,
            width,
            height,
            size
        );
    }
}
