namespace GpuGeek.Recipes;

public sealed record OptimizerSettings
{
    [Setting("Learning rate", "Peak rate of the classifier.", Min = 1e-7, Max = 10, Scale = SettingScale.Log)]
    public required double LearningRate { get; init; }

    [Setting("Weight decay", "How strongly weights are pulled towards zero, as a share of the learning rate.", Min = 0, Max = 1)]
    public required double WeightDecay { get; init; }

    /// <summary>Pascanu et al. 2013, arXiv:1211.5063.</summary>
    [Setting(
        "Gradient clipping",
        "A gradient whose Euclidean norm over all trained weights is larger is scaled down to this norm.",
        Min = 1e-3,
        Max = 1000,
        Scale = SettingScale.Log,
        Null = "no clipping"
    )]
    public double? ClipNorm { get; init; }
}
