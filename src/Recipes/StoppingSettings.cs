namespace GpuGeek.Recipes;

public sealed record StoppingSettings
{
    /// <summary>Prechelt 1998, "Early stopping - but when?".</summary>
    [Setting(
        "Patience",
        "Stops after so many epochs without a better accuracy on the validation pictures.",
        Unit = "epochs",
        Min = 1,
        Max = 1000,
        Null = "trains all epochs"
    )]
    public int? Patience { get; init; }
}
