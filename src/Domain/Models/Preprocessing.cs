using GpuGeek.Recipes;

namespace GpuGeek.Domain.Models;

/// <summary>
/// How a decoded picture becomes the network's input. Fixed at training, stored with each model version, executed only by Imaging. All
/// resizing is bilinear, antialiased like Pillow's. <c>crop</c>: resize the shorter side to <see cref="ResizeShorter"/> (the longer is
/// <c>int(ResizeShorter * long / short)</c>), cut the centre <see cref="CropSize"/> square (offset <c>round((side - crop) / 2)</c>, half to
/// even). <c>squash</c>: resize both sides to <see cref="CropSize"/>. <c>pad</c>: resize the longer side to <see cref="CropSize"/> (the
/// shorter is <c>round(short / long * CropSize)</c>, at least 1), put it at <c>round((CropSize - side) / 2)</c> of a square of <see
/// cref="PadColor"/>; these roundings too are half to even. Then, with <see cref="Grayscale"/>, each channel becomes the luma
/// <c>(19595 R + 38470 G + 7471 B + 32768) &gt;&gt; 16</c>. Last: divide by 255, subtract <see cref="Mean"/>, divide by <see
/// cref="Std"/>, per channel.
/// </summary>
/// <param name="ResizeShorter">crop: pixels of the shorter side after resizing. Otherwise equal to <paramref name="CropSize"/>.</param>
/// <param name="CropSize">Pixels of the square's side: the network's input. At most <paramref name="ResizeShorter"/>.</param>
/// <param name="Mean">Per channel R, G, B, in 0..1.</param>
/// <param name="Std">Per channel R, G, B, in 0..1.</param>
/// <param name="Resize">How the picture becomes a square.</param>
/// <param name="PadColor">pad: R, G, B of the bars, 0 to 255 each. Null: black.</param>
/// <param name="Grayscale">Whether the picture loses its colours.</param>
public sealed record Preprocessing(
    int ResizeShorter,
    int CropSize,
    float[] Mean,
    float[] Std,
    ResizeRule Resize = ResizeRule.Crop,
    int[]? PadColor = null,
    bool Grayscale = false
)
{
    public static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    public static readonly float[] ImageNetStd = [0.229f, 0.224f, 0.225f];

    /// <summary>The usual evaluation rule at an input side: resize to 256/224 of it, crop the centre.</summary>
    public static Preprocessing ImageNet(int inputSize) =>
        new((int)Math.Round(inputSize * 256.0 / 224.0), inputSize, ImageNetMean, ImageNetStd);

    /// <summary>What a run's model does with every picture.</summary>
    public static Preprocessing Of(Recipe recipe)
    {
        var (size, settings) = (recipe.Model.InputSize, recipe.Preprocessing);
        var usual = ImageNet(size) with { Grayscale = settings.Grayscale };
        return settings.Resize switch
        {
            PreprocessingSettings.Crop => usual,
            PreprocessingSettings.Squash => usual with { ResizeShorter = size, Resize = ResizeRule.Squash },
            PreprocessingSettings.Pad => usual with { ResizeShorter = size, Resize = ResizeRule.Pad, PadColor = Color(settings.PadColor) },
            var unknown => throw new ArgumentException($"The resize rule '{unknown}' is not known.", nameof(recipe)),
        };
    }

    private static int[] Color(string written) => [.. Convert.FromHexString(written.AsSpan(1)).Select(channel => (int)channel)];
}
