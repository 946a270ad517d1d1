namespace GpuGeek.Recipes;

public sealed record ComputeSettings
{
    public const string Auto = "auto",
        FullPrecision = "float32",
        BFloat16 = "bfloat16",
        Float16 = "float16";

    [Setting(
        "Precision",
        "What convolutions and matrix products of the training compute in. bfloat16 is faster on some processors and networks, slower on "
            + "others, and less exact; auto measures both for a few seconds before the first step, and the run keeps what it took. "
            + "float16 is for GPUs without bfloat16: its loss is scaled. Weights, validation, test and export are float32 always.",
        Choices = [Auto, FullPrecision, BFloat16, Float16],
        NeedsBackbone = true
    )]
    public string Precision { get; init; } = FullPrecision;
}
