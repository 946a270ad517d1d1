using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;
using GpuGeek.Recipes;

namespace GpuGeek.Training.Data;

/// <summary>A view of a picture for a frozen network.</summary>
internal enum PictureView : byte
{
    /// <summary>The serving path.</summary>
    Served,

    /// <summary>The serving path, mirrored horizontally.</summary>
    Mirrored,

    /// <summary>The shorter side resized to the crop size: more of the picture, at a smaller scale. Where the resize rule loses nothing,
    /// there is no more to see.</summary>
    Wide,
}

internal static class PictureViews
{
    /// <summary>Validation and test pictures use the view of serving; training pictures also use the views that the recipe's augmentation
    /// allows.</summary>
    public static IEnumerable<PictureView> Of(RunImage image, Recipe recipe)
    {
        yield return PictureView.Served;
        if (image.Split != Splits.Train)
            yield break;
        if (recipe.Augmentation.HorizontalFlip)
            yield return PictureView.Mirrored;
        if (recipe.Augmentation.CropScaleMin < 1 && recipe.Preprocessing.Resize == PreprocessingSettings.Crop)
            yield return PictureView.Wide;
    }

    /// <summary>The network's input; <see cref="PictureView.Served"/> is bit-identical to Imaging's serving path.</summary>
    public static void Write(RgbImage decoded, PictureView view, Preprocessing preprocessing, Span<float> chw)
    {
        var rule = view == PictureView.Wide ? preprocessing with { ResizeShorter = preprocessing.CropSize } : preprocessing;
        var picture = Preprocessor.Square(decoded, rule);
        Preprocessor.ToTensor(view == PictureView.Mirrored ? TrainingTransforms.FlipHorizontal(picture) : picture, preprocessing, chw);
    }
}
