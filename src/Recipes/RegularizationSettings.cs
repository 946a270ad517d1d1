namespace GpuGeek.Recipes;

public sealed record RegularizationSettings
{
    /// <summary>Srivastava et al. 2014, JMLR 15.</summary>
    [Setting(
        "Dropout",
        "Share of the classifier's inputs that is dropped in training.",
        Min = 0,
        Max = 0.9,
        Null = "as the architecture was published; nothing where the classifier learns alone"
    )]
    public double? Dropout { get; init; }

    /// <summary>Huang et al. 2016, arXiv:1603.09382.</summary>
    [Setting(
        "Stochastic depth",
        "How often the last residual branch is skipped in training; earlier ones less, linearly. Only where the backbone learns, and for "
            + "architectures that have such branches.",
        Min = 0,
        Max = 0.9,
        Null = "as the architecture was published"
    )]
    public double? StochasticDepth { get; init; }

    /// <summary>Zhang et al. 2018, arXiv:1710.09412.</summary>
    [Setting(
        "MixUp",
        "Blends each training picture with another, and their labels in the same shares, which are drawn from Beta(this, this): from 0.2, "
            + "mostly one of the two, to 1, any share. 0 switches it off. Only where the backbone learns.",
        Min = 0,
        Max = 1,
        NeedsBackbone = true
    )]
    public double MixUp { get; init; }

    /// <summary>Yun et al. 2019, arXiv:1905.04899.</summary>
    [Setting(
        "CutMix",
        "Puts a box of another picture into each training picture; the labels get the shares of the areas, drawn from Beta(this, this). "
            + "0 switches it off. With MixUp, each batch gets one of the two. Only where the backbone learns.",
        Min = 0,
        Max = 1,
        NeedsBackbone = true
    )]
    public double CutMix { get; init; }
}
