namespace GpuGeek.Recipes;

public sealed record ModelSettings
{
    /// <summary>A key of the catalogue.</summary>
    [Setting("Architecture", "A name of the catalogue, such as mobilenet_v2 or resnet18.", Max = 50)]
    public required string Architecture { get; init; }

    [Setting(
        "Input size",
        "Side of the square input. Transformers need a multiple of their patch (sizeMultiple of the architecture).",
        Unit = "pixels",
        Min = 32,
        Max = 1024
    )]
    public required int InputSize { get; init; }
}
