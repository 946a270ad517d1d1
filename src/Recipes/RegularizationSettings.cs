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
}
