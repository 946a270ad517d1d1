using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;
using GpuGeek.Recipes;
using GpuGeek.Training.Engine;

namespace GpuGeek.Training.Data;

/// <summary>What a frozen network is shown of a picture.</summary>
internal enum PictureView : byte
{
    /// <summary>The serving path.</summary>
    Served,

    /// <summary>The serving path, left and right exchanged.</summary>
    Mirrored,

    /// <summary>The shorter side resized to the crop itself: more of the picture, at a smaller scale.</summary>
    Wide,
}

internal static class PictureViews
{
    /// <summary>Validation and test pictures are seen as they are served; training ones also in the views that the recipe's augmentation
    /// allows.</summary>
    public static IEnumerable<PictureView> Of(RunImage image, AugmentationSettings augmentation)
    {
        yield return PictureView.Served;
        if (image.Split != Splits.Train)
            yield break;
        if (augmentation.HorizontalFlip)
            yield return PictureView.Mirrored;
        if (augmentation.CropScaleMin < 1)
            yield return PictureView.Wide;
    }

    /// <summary>The network's input; <see cref="PictureView.Served"/> is Imaging's one serving path to the bit.</summary>
    public static void Write(Originals originals, RunImage image, PictureView view, Preprocessing preprocessing, Memory<float> chw)
    {
        if (view == PictureView.Served)
        {
            originals.Preprocess(image, preprocessing, chw);
            return;
        }
        var shorter = view == PictureView.Wide ? preprocessing.CropSize : preprocessing.ResizeShorter;
        var picture = Preprocessor.CenterCrop(Preprocessor.ResizeShorter(originals.Decode(image), shorter), preprocessing.CropSize);
        Preprocessor.ToTensor(view == PictureView.Mirrored ? TrainingTransforms.FlipHorizontal(picture) : picture, preprocessing, chw.Span);
    }
}
