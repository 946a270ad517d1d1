namespace GpuGeek.Domain.Models;

/// <summary>
/// How a decoded picture becomes the network's input. Fixed at training, stored with each model version, executed only by Imaging: resize
/// the shorter side to <see cref="ResizeShorter"/> (bilinear, antialiased like Pillow; the longer side is <c>int(ResizeShorter * long /
/// short)</c>), cut the centre <see cref="CropSize"/> square (offset <c>round((side - crop) / 2)</c>, half to even), divide by 255,
/// subtract <see cref="Mean"/> and divide by <see cref="Std"/> per channel.
/// </summary>
/// <param name="ResizeShorter">Pixels of the shorter side after resizing.</param>
/// <param name="CropSize">Pixels of the square cut from the centre: the network's input side. At most <paramref
/// name="ResizeShorter"/>.</param>
/// <param name="Mean">Per channel R, G, B, in 0..1.</param>
/// <param name="Std">Per channel R, G, B, in 0..1.</param>
public sealed record Preprocessing(int ResizeShorter, int CropSize, float[] Mean, float[] Std)
{
    public static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    public static readonly float[] ImageNetStd = [0.229f, 0.224f, 0.225f];

    /// <summary>The usual evaluation rule at an input side: resize to 256/224 of it, crop the centre.</summary>
    public static Preprocessing ImageNet(int inputSize) =>
        new((int)Math.Round(inputSize * 256.0 / 224.0), inputSize, ImageNetMean, ImageNetStd);
}
