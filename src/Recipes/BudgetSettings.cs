namespace GpuGeek.Recipes;

public sealed record BudgetSettings
{
    [Setting("Epochs", "Passes over the training pictures.", Unit = "epochs", Min = 1, Max = 1000, Scale = SettingScale.Log)]
    public required int Epochs { get; init; }
}
