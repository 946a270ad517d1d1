namespace GpuGeek.Recipes;

public sealed record AveragingSettings
{
    public const string None = "none",
        Exponential = "exponential";

    /// <summary>Polyak and Juditsky 1992; Izmailov et al. 2018, arXiv:1803.05407.</summary>
    [Setting(
        "Average",
        "Validates and keeps a moving average of the weights and running statistics instead of those of the last step.",
        Choices = [None, Exponential]
    )]
    public string Kind { get; init; } = None;

    [Setting(
        "Decay",
        "Share of the average that is kept at each step.",
        Min = 0,
        Max = 0.99999,
        Null = "from the number of steps, so that the last tenth counts most",
        OnlyFor = [Exponential]
    )]
    public double? Decay { get; init; }
}
