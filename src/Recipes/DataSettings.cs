namespace GpuGeek.Recipes;

public sealed record DataSettings
{
    [Setting("Seed", "Equal seeds give equal runs on the CPU.", Min = 0, Max = int.MaxValue)]
    public required int Seed { get; init; }

    [Setting("Batch size", "Pictures per step.", Unit = "pictures", Min = 2, Max = 1024, Scale = SettingScale.Log)]
    public required int BatchSize { get; init; }

    [Setting(
        "Micro-batch",
        "Pictures that go through the network at once: a step adds up the gradients of the batch's parts, so that a large batch needs the "
            + "memory of a small one. Batch normalisation sees each part alone.",
        Unit = "pictures",
        Min = 2,
        Max = 1024,
        Scale = SettingScale.Log,
        Null = "the whole batch"
    )]
    public int? MicroBatch { get; init; }
}
