using GpuGeek.Domain.Common;

namespace GpuGeek.Imaging.Augmentation;

/// <summary>Each change draws from a stream of its own, so that switching one on leaves the others as they are. A number never changes:
/// a run that resumes draws from the same streams.</summary>
internal enum AugmentationStream
{
    Padding = 1,
    VerticalFlip = 2,
    Policy = 3,
    Affine = 4,
    Perspective = 5,
    Hue = 6,
    Grayscale = 7,
    Blur = 8,
    Sharpness = 9,
    Posterize = 10,
    Solarize = 11,
    Equalize = 12,
    AutoContrast = 13,
    Invert = 14,
    Erasing = 15,
}

internal static class AugmentationStreams
{
    public static CounterRandom Of(this CounterRandom random, AugmentationStream stream) => random.Branch((long)stream);
}
