using GpuGeek.Imaging.Transforms;

namespace GpuGeek.Imaging.Augmentation;

/// <summary>The operations of AutoAugment and its successors, with torchvision's names.</summary>
internal enum PolicyOperation
{
    Identity,
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
    Rotate,
    Brightness,
    Color,
    Contrast,
    Sharpness,
    Posterize,
    Solarize,
    AutoContrast,
    Equalize,
    Invert,
}

/// <param name="Operation">What is done.</param>
/// <param name="Magnitude">Shears: the tangent; translations: pixels; rotation: degrees; brightness to sharpness: what is added to the
/// factor 1; posterise: bits; solarise: the threshold; of no meaning for the others.</param>
internal readonly record struct PolicyStep(PolicyOperation Operation, double Magnitude)
{
    private const double DegreesPerRadian = 180 / Math.PI;

    /// <param name="picture">Its pixels may be changed in place.</param>
    /// <param name="fill">R, G, B of the area from outside the picture.</param>
    public RgbImage Apply(RgbImage picture, ReadOnlySpan<byte> fill)
    {
        // About the corner, as torchvision shears here.
        AffineChange? change = Operation switch
        {
            PolicyOperation.ShearX => new(ShearX: Math.Atan(Magnitude) * DegreesPerRadian),
            PolicyOperation.ShearY => new(ShearY: Math.Atan(Magnitude) * DegreesPerRadian),
            PolicyOperation.TranslateX => new(ShiftX: (int)Magnitude),
            PolicyOperation.TranslateY => new(ShiftY: (int)Magnitude),
            _ => null,
        };
        if (change is not null)
            return TrainingTransforms.Affine(picture, change.Value, fill, aboutCorner: true);
        if (Operation == PolicyOperation.Rotate)
            return TrainingTransforms.Rotate(picture, Magnitude, fill);
        Recolour(picture);
        return picture;
    }

    private void Recolour(RgbImage picture)
    {
        var rgb = picture.Pixels.AsSpan();
        var factor = (float)(1 + Magnitude);
        switch (Operation)
        {
            case PolicyOperation.Brightness:
                ColorEnhancer.Brightness(rgb, factor);
                break;
            case PolicyOperation.Color:
                ColorEnhancer.Saturation(rgb, factor);
                break;
            case PolicyOperation.Contrast:
                ColorEnhancer.Contrast(rgb, factor);
                break;
            case PolicyOperation.Sharpness:
                Filters.Sharpness(rgb, picture.Width, picture.Height, factor);
                break;
            case PolicyOperation.Posterize:
                ToneCurves.Posterize(rgb, (int)Magnitude);
                break;
            case PolicyOperation.Solarize:
                ToneCurves.Solarize(rgb, Magnitude);
                break;
            case PolicyOperation.AutoContrast:
                ToneCurves.AutoContrast(rgb);
                break;
            case PolicyOperation.Equalize:
                ToneCurves.Equalize(rgb);
                break;
            case PolicyOperation.Invert:
                ToneCurves.Invert(rgb);
                break;
        }
    }
}
