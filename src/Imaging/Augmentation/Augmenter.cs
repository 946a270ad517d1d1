using GpuGeek.Domain.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Imaging.Augmentation;
using GpuGeek.Recipes;

namespace GpuGeek.Imaging;

/// <summary>Draws the random numbers of one picture of one epoch and applies them, in the order of torchvision's training recipe: crop,
/// flips, policy, geometry, colours, erasing.</summary>
public static class Augmenter
{
    /// <summary>Training reduces larger pictures once to this shorter side, so that an epoch does not decode megapixels again.</summary>
    public static int ShorterSide(int inputSize) => Math.Max(256, (int)Math.Ceiling(1.15 * inputSize));

    /// <param name="picture">Any size.</param>
    /// <param name="settings">What may change.</param>
    /// <param name="preprocessing">The model's. Pixels from outside the picture get its mean: they become zero after normalisation.</param>
    /// <param name="random">Keyed by what the changes depend on, such as seed, epoch and picture.</param>
    /// <returns>A square of the preprocessing's crop size.</returns>
    public static RgbImage Apply(RgbImage picture, AugmentationSettings settings, Preprocessing preprocessing, CounterRandom random)
    {
        byte[] fill = [.. preprocessing.Mean.Select(m => (byte)Math.Round(m * 255))];
        // The first four settings draw from one stream in this order: it never changes, so that runs of before them can resume.
        var result = Cut(picture, settings, preprocessing, ref random);
        if (settings.CropPadding > 0)
            result = Displaced(result, settings.CropPadding, fill, random.Of(AugmentationStream.Padding));
        if (settings.HorizontalFlip && random.NextDouble() < 0.5)
            result = TrainingTransforms.FlipHorizontal(result);
        if (settings.VerticalFlip && random.Of(AugmentationStream.VerticalFlip).NextDouble() < 0.5)
            result = TrainingTransforms.FlipVertical(result);
        foreach (var step in Policies.Draw(settings, result.Width, random.Of(AugmentationStream.Policy)))
            result = step.Apply(result, fill);
        if (settings.RotationDegrees > 0)
            result = TrainingTransforms.Rotate(result, random.Uniform(-settings.RotationDegrees, settings.RotationDegrees), fill);
        result = Geometry(result, settings, fill, random);
        ColorChanges.Apply(result, settings, ref random);
        Erase(result, settings, fill, random);
        return result;
    }

    private static RgbImage Cut(RgbImage picture, AugmentationSettings settings, Preprocessing preprocessing, ref CounterRandom random)
    {
        if (settings.CropScaleMin >= 1)
            return Preprocessor.Square(picture, preprocessing);
        var seen = Seen(picture, preprocessing);
        var box = Draws.Crop(seen.Width, seen.Height, settings.CropScaleMin, ref random);
        return TrainingTransforms.RandomResizedCrop(seen, box.X, box.Y, box.Width, box.Height, preprocessing.CropSize);
    }

    /// <summary>What random crops are taken from. The proportions and the bars of a squashed or padded picture are those that the model
    /// sees later.</summary>
    private static RgbImage Seen(RgbImage picture, Preprocessing preprocessing)
    {
        if (preprocessing.Resize == ResizeRule.Crop)
            return picture;
        var side = Math.Min(Math.Max(picture.Width, picture.Height), ShorterSide(preprocessing.CropSize));
        return Preprocessor.Square(picture, preprocessing with { CropSize = side, ResizeShorter = side });
    }

    private static RgbImage Displaced(RgbImage picture, double share, byte[] fill, CounterRandom random)
    {
        var (x, y) = Draws.Displacement(picture.Width, share, random);
        return TrainingTransforms.PaddedCrop(picture, x, y, picture.Width, picture.Height, fill);
    }

    private static RgbImage Geometry(RgbImage picture, AugmentationSettings settings, byte[] fill, CounterRandom random)
    {
        var result = picture;
        if (settings.Shift > 0 || settings.Zoom > 0 || settings.ShearDegrees > 0)
            result = TrainingTransforms.Affine(result, Draws.Affine(settings, result.Width, random.Of(AugmentationStream.Affine)), fill);
        var seen = random.Of(AugmentationStream.Perspective);
        if (settings.Perspective > 0 && seen.NextDouble() < 0.5 && Draws.Corners(result.Width, settings.Perspective, seen) is { } corners)
            result = TrainingTransforms.Perspective(result, corners, fill);
        return result;
    }

    private static void Erase(RgbImage picture, AugmentationSettings settings, byte[] fill, CounterRandom random)
    {
        var erasing = random.Of(AugmentationStream.Erasing);
        if (erasing.NextDouble() < settings.Erasing && Draws.Erasing(picture.Width, settings.ErasingMax, erasing) is { } box)
            Transforms.Boxes.Erase(picture.Pixels, picture.Width, box, fill);
    }
}
