namespace GpuGeek.Recipes;

public sealed record AugmentationSettings
{
    public static readonly AugmentationSettings None = new()
    {
        CropScaleMin = 1,
        HorizontalFlip = false,
        ColorJitter = 0,
        RotationDegrees = 0,
    };

    [Setting(
        "Least crop",
        "A random crop takes at least this share of a picture's area; 1 switches random crops off.",
        Min = 0.01,
        Max = 1
    )]
    public required double CropScaleMin { get; init; }

    [Setting("Horizontal flip", "Mirrors pictures with probability 0.5.")]
    public required bool HorizontalFlip { get; init; }

    [Setting(
        "Colour jitter",
        "Brightness, contrast and saturation are multiplied by factors drawn from 1 ± this; 0 switches it off.",
        Min = 0,
        Max = 1
    )]
    public required double ColorJitter { get; init; }

    [Setting("Rotation", "The angle is drawn from ± this; 0 switches it off.", Unit = "degrees", Min = 0, Max = 180)]
    public required double RotationDegrees { get; init; }
}
