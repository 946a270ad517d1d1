namespace GpuGeek.Recipes;

public sealed record PreprocessingSettings
{
    public const string Crop = "crop",
        Squash = "squash",
        Pad = "pad";

    [Setting(
        "Resize rule",
        "How a picture that is not square becomes square. crop: its middle; what stands at the edges is lost. squash: all of it, with "
            + "other proportions. pad: all of it, with bars of a colour.",
        Choices = [Crop, Squash, Pad]
    )]
    public string Resize { get; init; } = Crop;

    [Setting("Bar colour", "pad: the colour of the bars, as #rrggbb.", IsColor = true, DependsOn = "resize", OnlyFor = [Pad])]
    public string PadColor { get; init; } = "#000000";

    [Setting("Gray pictures", "Takes the colours from every picture, in training and in use: for pictures whose colours mean nothing.")]
    public bool Grayscale { get; init; }
}
