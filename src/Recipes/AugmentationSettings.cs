namespace GpuGeek.Recipes;

public sealed record AugmentationSettings
{
    public const string NoPolicy = "none",
        AutoAugment = "autoaugment",
        RandAugment = "randaugment",
        TrivialAugmentWide = "trivialaugment-wide";

    public static readonly AugmentationSettings None = new()
    {
        CropScaleMin = 1,
        HorizontalFlip = false,
        ColorJitter = 0,
        RotationDegrees = 0,
    };

    [Setting(
        "Augmentation preset",
        "Sets all of this section at once: none, light (crops and flips), medium (colours and rotation too), strong (any crop, "
            + "TrivialAugmentWide, erasing), or tutorial (any crop, flips, colours and rotation). Settings beside it change single values.",
        Choices = [
            AugmentationPresets.None,
            AugmentationPresets.Light,
            AugmentationPresets.Medium,
            AugmentationPresets.Strong,
            AugmentationPresets.Tutorial,
        ],
        Null = "what the recipe's preset says",
        Provenance = true
    )]
    public string? Preset { get; init; }

    [Setting(
        "Least crop",
        "A random crop takes at least this share of a picture's area; 1 switches random crops off.",
        Min = 0.01,
        Max = 1
    )]
    public required double CropScaleMin { get; init; }

    [Setting(
        "Padding",
        "Pads each side by this share of the picture's and cuts out a random square of the input size; 0 switches it off.",
        Min = 0,
        Max = 0.5
    )]
    public double CropPadding { get; init; }

    [Setting("Horizontal flip", "Mirrors pictures with probability 0.5.")]
    public required bool HorizontalFlip { get; init; }

    [Setting("Vertical flip", "Turns pictures upside down, mirrored, with probability 0.5.")]
    public bool VerticalFlip { get; init; }

    /// <summary>Cubuk et al. 2018, arXiv:1805.09501 (the policy of ImageNet); Cubuk et al. 2019, arXiv:1909.13719; Müller and Hutter 2021,
    /// arXiv:2103.10158.</summary>
    [Setting(
        "Policy",
        "Draws changes from a fixed list: autoaugment takes one of 25 pairs that were found on ImageNet, randaugment several changes of "
            + "one magnitude, trivialaugment-wide one change of any magnitude.",
        Choices = [NoPolicy, AutoAugment, RandAugment, TrivialAugmentWide]
    )]
    public string Policy { get; init; } = NoPolicy;

    [Setting("Changes", "randaugment: how many for each picture.", Min = 1, Max = 10, DependsOn = "policy", OnlyFor = [RandAugment])]
    public int PolicyOperations { get; init; } = 2;

    [Setting(
        "Magnitude",
        "randaugment: how strong each change is; 0 changes hardly anything.",
        Min = 0,
        Max = 30,
        DependsOn = "policy",
        OnlyFor = [RandAugment]
    )]
    public int PolicyMagnitude { get; init; } = 9;

    [Setting("Rotation", "The angle is drawn from ± this; 0 switches it off.", Unit = "degrees", Min = 0, Max = 180)]
    public required double RotationDegrees { get; init; }

    [Setting("Shift", "Moves pictures along both axes by up to this share of their side; 0 switches it off.", Min = 0, Max = 1)]
    public double Shift { get; init; }

    [Setting("Zoom", "Shows pictures larger or smaller by a factor drawn from 1 ± this; 0 switches it off.", Min = 0, Max = 0.9)]
    public double Zoom { get; init; }

    [Setting(
        "Shear",
        "Slants pictures along the x axis by an angle drawn from ± this; 0 switches it off.",
        Unit = "degrees",
        Min = 0,
        Max = 80
    )]
    public double ShearDegrees { get; init; }

    [Setting(
        "Perspective",
        "With probability 0.5, moves each corner towards the centre by up to this share of the way along each axis; 0 switches it off.",
        Min = 0,
        Max = 1
    )]
    public double Perspective { get; init; }

    [Setting(
        "Colour jitter",
        "Brightness, contrast and saturation are multiplied by factors drawn from 1 ± this; 0 switches it off.",
        Min = 0,
        Max = 1
    )]
    public required double ColorJitter { get; init; }

    [Setting("Hue", "Turns hues by a share of the colour circle drawn from ± this; 0 switches it off.", Min = 0, Max = 0.5)]
    public double Hue { get; init; }

    [Setting("Greyscale", "Probability of a picture without colours.", Min = 0, Max = 1)]
    public double Grayscale { get; init; }

    [Setting("Blur", "Probability of a blurred picture.", Min = 0, Max = 1)]
    public double Blur { get; init; }

    [Setting(
        "Strongest blur",
        "The standard deviation of the blur is drawn from 0.1 to this.",
        Unit = "pixels",
        Min = 0.1,
        Max = 10,
        OnlyWith = "blur"
    )]
    public double BlurSigma { get; init; } = 2;

    [Setting("Sharpness", "Smooths or sharpens by a factor drawn from 1 ± this; 0 switches it off.", Min = 0, Max = 1)]
    public double Sharpness { get; init; }

    [Setting("Posterise", "Probability of a picture with fewer levels in each channel.", Min = 0, Max = 1)]
    public double Posterize { get; init; }

    [Setting("Bits left", "Bits of each channel that a posterised picture keeps.", Unit = "bits", Min = 1, Max = 7, OnlyWith = "posterize")]
    public int PosterizeBits { get; init; } = 4;

    [Setting("Solarise", "Probability of a picture whose bright values are inverted.", Min = 0, Max = 1)]
    public double Solarize { get; init; }

    [Setting("Solarise from", "The least value of 0 to 255 that is inverted.", Min = 0, Max = 255, OnlyWith = "solarize")]
    public int SolarizeThreshold { get; init; } = 128;

    [Setting("Equalise", "Probability of a picture whose levels are made equally frequent.", Min = 0, Max = 1)]
    public double Equalize { get; init; }

    [Setting("Autocontrast", "Probability of a picture whose channels are stretched over all levels.", Min = 0, Max = 1)]
    public double AutoContrast { get; init; }

    [Setting("Invert", "Probability of a negative.", Min = 0, Max = 1)]
    public double Invert { get; init; }

    /// <summary>Zhong et al. 2017, arXiv:1708.04896.</summary>
    [Setting("Erasing", "Probability of a picture with a random rectangle filled by the mean colour.", Min = 0, Max = 1)]
    public double Erasing { get; init; }

    [Setting(
        "Largest rectangle",
        "Share of a picture's area that a rectangle takes at most; the least is 0.02.",
        Min = 0.02,
        Max = 1,
        OnlyWith = "erasing"
    )]
    public double ErasingMax { get; init; } = 0.33;
}
