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

    /// <summary>Wortsman et al. 2022, arXiv:2203.05482.</summary>
    [Setting(
        "Soup",
        "At the end, mixes the weights of so many of the best epochs, each only if validation accuracy does not fall by it. Each needs the "
            + "room of one network in memory and in checkpoints. 1 switches it off.",
        Unit = "epochs",
        Min = 1,
        Max = 10
    )]
    public int Soup { get; init; } = 1;
}
