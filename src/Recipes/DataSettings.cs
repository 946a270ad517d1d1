namespace GpuGeek.Recipes;

public sealed record DataSettings
{
    [Setting("Seed", "Equal seeds give equal runs on the CPU.", Min = 0, Max = int.MaxValue)]
    public required int Seed { get; init; }

    [Setting("Batch size", "Pictures per step.", Unit = "pictures", Min = 2, Max = 1024, Scale = SettingScale.Log)]
    public required int BatchSize { get; init; }
}
