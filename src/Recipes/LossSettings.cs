namespace GpuGeek.Recipes;

public sealed record LossSettings
{
    public const string CrossEntropy = "cross-entropy",
        Focal = "focal",
        None = "none",
        Inverse = "inverse",
        Effective = "effective";

    /// <summary>Focal: Lin et al. 2017, arXiv:1708.02002.</summary>
    [Setting(
        "Loss",
        "What training makes small: cross-entropy, or focal, in which pictures that are already recognised count less.",
        Choices = [CrossEntropy, Focal]
    )]
    public string Kind { get; init; } = CrossEntropy;

    /// <summary>Szegedy et al. 2016, arXiv:1512.00567.</summary>
    [Setting("Label smoothing", "Share of each label that is spread evenly over all classes.", Min = 0, Max = 0.5)]
    public required double LabelSmoothing { get; init; }

    [Setting("Focus", "focal: how much less a recognised picture counts; 0 is cross-entropy.", Min = 0, Max = 10, OnlyFor = [Focal])]
    public double Focus { get; init; } = 2;

    /// <summary>Effective: Cui et al. 2019, arXiv:1901.05555.</summary>
    [Setting(
        "Class weights",
        "Pictures of rare classes count more: by the inverse of the class's size, or by its effective size, which grows ever more slowly.",
        Choices = [None, Inverse, Effective]
    )]
    public string ClassWeights { get; init; } = None;

    [Setting(
        "Overlap",
        "effective class weights: how alike pictures of a class are; near 1 it is the inverse of the size.",
        Min = 0,
        Max = 0.99999,
        DependsOn = "classWeights",
        OnlyFor = [Effective]
    )]
    public double Overlap { get; init; } = 0.999;
}
