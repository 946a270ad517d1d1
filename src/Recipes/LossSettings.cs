namespace GpuGeek.Recipes;

public sealed record LossSettings
{
    /// <summary>Szegedy et al. 2016, arXiv:1512.00567.</summary>
    [Setting("Label smoothing", "Share of each label that is spread evenly over all classes.", Min = 0, Max = 0.5)]
    public required double LabelSmoothing { get; init; }
}
