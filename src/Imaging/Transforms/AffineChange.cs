namespace GpuGeek.Imaging;

/// <summary>What torchvision's <c>affine</c> does to a picture: shear, turn and scale about a point, then shift.</summary>
/// <param name="Degrees">Positive turns clockwise, as in torchvision's <c>affine</c>; <see cref="TrainingTransforms.Rotate"/> turns the
/// other way.</param>
/// <param name="ShiftX">Pixels to the right.</param>
/// <param name="ShiftY">Pixels down.</param>
/// <param name="Scale">Above 0; 2 shows everything twice as large.</param>
/// <param name="ShearX">Degrees along the x axis, between -90 and 90.</param>
/// <param name="ShearY">Degrees along the y axis, between -90 and 90.</param>
public readonly record struct AffineChange(
    double Degrees = 0,
    int ShiftX = 0,
    int ShiftY = 0,
    double Scale = 1,
    double ShearX = 0,
    double ShearY = 0
);
