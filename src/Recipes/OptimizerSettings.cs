namespace GpuGeek.Recipes;

public sealed record OptimizerSettings
{
    [Setting("Learning rate", "Peak rate of the classifier.", Min = 1e-7, Max = 10, Scale = SettingScale.Log)]
    public required double LearningRate { get; init; }

    [Setting("Weight decay", "How strongly weights are pulled towards zero, as a share of the learning rate.", Min = 0, Max = 1)]
    public required double WeightDecay { get; init; }
}
