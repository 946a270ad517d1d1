namespace GpuGeek.Recipes;

public sealed record ScheduleSettings
{
    /// <summary>Loshchilov and Hutter 2017, arXiv:1608.03983, after a linear warm-up (Goyal et al. 2017, arXiv:1706.02677).</summary>
    [Setting("Warm-up", "Share of all steps over which the learning rate rises from zero to its peak.", Min = 0, Max = 0.9)]
    public required double WarmupFraction { get; init; }
}
