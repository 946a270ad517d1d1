namespace GpuGeek.Imaging.Augmentation;

/// <summary>How strong an operation is at each of a policy's magnitudes.</summary>
/// <param name="Bins">Magnitudes 0 to Bins - 1, from no effect to the strongest.</param>
/// <param name="Shear">Strongest tangent.</param>
/// <param name="Translate">Strongest, pixels; of a share where <paramref name="TranslatesShare"/>.</param>
/// <param name="Rotate">Strongest, degrees.</param>
/// <param name="Factor">Strongest distance of a factor from 1.</param>
/// <param name="Posterize">Most bits that are dropped.</param>
internal sealed record PolicySpace(
    int Bins,
    double Shear,
    double Translate,
    bool TranslatesShare,
    double Rotate,
    double Factor,
    double Posterize
)
{
    /// <summary>Cubuk et al. 2018, arXiv:1805.09501.</summary>
    public static readonly PolicySpace AutoAugment = new(10, 0.3, 150.0 / 331, true, 30, 0.9, 4);

    /// <summary>Cubuk et al. 2019, arXiv:1909.13719.</summary>
    public static readonly PolicySpace RandAugment = AutoAugment with { Bins = 31 };

    /// <summary>The wide space of Müller and Hutter 2021, arXiv:2103.10158.</summary>
    public static readonly PolicySpace TrivialAugmentWide = new(31, 0.99, 32, false, 135, 0.99, 6);

    /// <summary>The operations of RandAugment and TrivialAugment; each is drawn as often.</summary>
    public static readonly PolicyOperation[] Operations =
    [
        .. Enum.GetValues<PolicyOperation>().Where(operation => operation != PolicyOperation.Invert),
    ];

    /// <summary>Such an operation goes either way, each as often.</summary>
    public static bool IsSigned(PolicyOperation operation) => operation is >= PolicyOperation.ShearX and <= PolicyOperation.Sharpness;

    /// <summary>Without its sign.</summary>
    /// <param name="operation">Any.</param>
    /// <param name="bin">0 to <see cref="Bins"/> - 1.</param>
    /// <param name="size">Of the picture along the axis, pixels.</param>
    public double Magnitude(PolicyOperation operation, int bin, int size)
    {
        var share = (double)bin / (Bins - 1);
        return operation switch
        {
            PolicyOperation.ShearX or PolicyOperation.ShearY => Shear * share,
            PolicyOperation.TranslateX or PolicyOperation.TranslateY => (TranslatesShare ? Translate * size : Translate) * share,
            PolicyOperation.Rotate => Rotate * share,
            PolicyOperation.Brightness or PolicyOperation.Color or PolicyOperation.Contrast or PolicyOperation.Sharpness => Factor * share,
            PolicyOperation.Posterize => 8 - Math.Round(Posterize * share),
            PolicyOperation.Solarize => 255 * (1 - share),
            _ => 0,
        };
    }
}
