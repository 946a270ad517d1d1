using System.Globalization;

namespace GpuGeek.Recipes;

public sealed record ScheduleSettings
{
    public const string Cosine = "cosine",
        Constant = "constant",
        Step = "step",
        MultiStep = "multi-step",
        Exponential = "exponential",
        Polynomial = "polynomial",
        CosineRestarts = "cosine-restarts",
        OneCycle = "one-cycle",
        Plateau = "plateau";

    [Setting(
        "Curve",
        "How the learning rate falls after the warm-up: half a cosine to zero, not at all, by a factor at epochs (step, "
            + "multi-step, exponential), by a power, by several half cosines, up and down in one cycle, or by a factor "
            + "when validation stops improving.",
        Choices = [Cosine, Constant, Step, MultiStep, Exponential, Polynomial, CosineRestarts, OneCycle, Plateau]
    )]
    public string Kind { get; init; } = Cosine;

    /// <summary>Loshchilov and Hutter 2017, arXiv:1608.03983, after a linear warm-up (Goyal et al. 2017, arXiv:1706.02677).</summary>
    [Setting("Warm-up", "Share of all steps over which the learning rate rises from zero to its peak.", Min = 0, Max = 0.9)]
    public required double WarmupFraction { get; init; }

    [Setting(
        "Factor",
        "step, multi-step, exponential and plateau: what the rate is multiplied by each time.",
        Min = 0.001,
        Max = 0.9999,
        OnlyFor = [Step, MultiStep, Exponential, Plateau]
    )]
    public double Factor { get; init; } = 0.1;

    [Setting("Step length", "step: epochs between two reductions.", Unit = "epochs", Min = 1, Max = 1000, OnlyFor = [Step])]
    public int StepEpochs { get; init; } = 10;

    [Setting(
        "Milestones",
        "multi-step: epochs after which the rate is reduced, as 30,60,80.",
        Max = 200,
        Null = "after a half and three quarters of the epochs",
        OnlyFor = [MultiStep]
    )]
    public string? Milestones { get; init; }

    [Setting("Cycles", "cosine-restarts: how often the rate falls from its peak.", Min = 1, Max = 100, OnlyFor = [CosineRestarts])]
    public int Cycles { get; init; } = 3;

    [Setting("Power", "polynomial: 1 is a straight line.", Min = 0.1, Max = 10, OnlyFor = [Polynomial])]
    public double Power { get; init; } = 1;

    [Setting(
        "Patience",
        "plateau: epochs without a lower validation loss before the rate is reduced.",
        Unit = "epochs",
        Min = 0,
        Max = 1000,
        OnlyFor = [Plateau]
    )]
    public int Patience { get; init; } = 2;

    /// <returns>Null: <see cref="Milestones"/> is no list of rising epochs.</returns>
    public static IReadOnlyList<int>? ReadMilestones(string text)
    {
        var epochs = new List<int>();
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
                return null;
            if (epoch < 1 || epochs.Count > 0 && epoch <= epochs[^1])
                return null;
            epochs.Add(epoch);
        }
        return epochs;
    }
}
