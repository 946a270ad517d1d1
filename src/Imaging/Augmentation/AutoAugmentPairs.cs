using static GpuGeek.Imaging.Augmentation.PolicyOperation;

namespace GpuGeek.Imaging.Augmentation;

/// <param name="Operation">What is done.</param>
/// <param name="Probability">How often.</param>
/// <param name="Bin">How strongly; 0 for operations without a magnitude.</param>
internal readonly record struct AutoAugmentPart(PolicyOperation Operation, double Probability, int Bin = 0);

/// <summary>The pairs that AutoAugment found on ImageNet (Cubuk et al. 2018, arXiv:1805.09501, table 9). One pair is drawn for each
/// picture; several occur twice, as in torchvision.</summary>
internal static class AutoAugmentPairs
{
    public static readonly (AutoAugmentPart First, AutoAugmentPart Second)[] ImageNet =
    [
        (new(Posterize, 0.4, 8), new(Rotate, 0.6, 9)),
        (new(Solarize, 0.6, 5), new(AutoContrast, 0.6)),
        (new(Equalize, 0.8), new(Equalize, 0.6)),
        (new(Posterize, 0.6, 7), new(Posterize, 0.6, 6)),
        (new(Equalize, 0.4), new(Solarize, 0.2, 4)),
        (new(Equalize, 0.4), new(Rotate, 0.8, 8)),
        (new(Solarize, 0.6, 3), new(Equalize, 0.6)),
        (new(Posterize, 0.8, 5), new(Equalize, 1)),
        (new(Rotate, 0.2, 3), new(Solarize, 0.6, 8)),
        (new(Equalize, 0.6), new(Posterize, 0.4, 6)),
        (new(Rotate, 0.8, 8), new(Color, 0.4, 0)),
        (new(Rotate, 0.4, 9), new(Equalize, 0.6)),
        (new(Equalize, 0), new(Equalize, 0.8)),
        (new(Invert, 0.6), new(Equalize, 1)),
        (new(Color, 0.6, 4), new(Contrast, 1, 8)),
        (new(Rotate, 0.8, 8), new(Color, 1, 2)),
        (new(Color, 0.8, 8), new(Solarize, 0.8, 7)),
        (new(Sharpness, 0.4, 7), new(Invert, 0.6)),
        (new(ShearX, 0.6, 5), new(Equalize, 1)),
        (new(Color, 0.4, 0), new(Equalize, 0.6)),
        (new(Equalize, 0.4), new(Solarize, 0.2, 4)),
        (new(Solarize, 0.6, 5), new(AutoContrast, 0.6)),
        (new(Invert, 0.6), new(Equalize, 1)),
        (new(Color, 0.6, 4), new(Contrast, 1, 8)),
        (new(Equalize, 0.8), new(Equalize, 0.6)),
    ];
}
