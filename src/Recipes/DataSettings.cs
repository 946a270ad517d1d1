namespace GpuGeek.Recipes;

public sealed record DataSettings
{
    public const string Shuffle = "shuffle",
        Stratified = "stratified",
        Oversample = "oversample",
        Undersample = "undersample";

    [Setting("Seed", "Equal seeds give equal runs on the CPU.", Min = 0, Max = int.MaxValue)]
    public required int Seed { get; init; }

    [Setting("Batch size", "Pictures per step.", Unit = "pictures", Min = 2, Max = 1024, Scale = SettingScale.Log)]
    public required int BatchSize { get; init; }

    [Setting(
        "Fit the batch to the machine",
        "Before the first step, batches of 4 to 256 pictures train for some seconds each, and the run takes the smallest that comes within "
            + "5 % of the fastest, needs less than 70 % of the memory and leaves 20 steps in an epoch. The learning rate follows from the "
            + "batch size above: in proportion with sgd, by the square root with the others. The run keeps what it took.",
        NeedsBackbone = true
    )]
    public bool FitBatch { get; init; }

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

    [Setting(
        "Sampler",
        "Which pictures an epoch takes. shuffle: each once. stratified: each once, and every batch has its share of each class. "
            + "oversample: pictures of rare classes several times (at most 100), so that all classes have as many as the largest. "
            + "undersample: of each class as many as the smallest has, others in each epoch.",
        Choices = [Shuffle, Stratified, Oversample, Undersample]
    )]
    public string Sampler { get; init; } = Shuffle;

    /// <summary>Hoffer et al. 2020, arXiv:1901.09335.</summary>
    [Setting(
        "Repeated augmentation",
        "So many times each picture stands in a batch, changed at random each time; an epoch then has as many fewer pictures. 1 switches "
            + "it off.",
        Min = 1,
        Max = 10,
        NeedsBackbone = true
    )]
    public int Repeats { get; init; } = 1;

    /// <summary>Touvron et al. 2019, arXiv:1906.06423; Tan and Le 2021, arXiv:2104.00298.</summary>
    [Setting(
        "Start size",
        "Progressive resizing: training pictures begin with this side and grow to the input size over the first three quarters of the "
            + "epochs, which makes these faster. Validation, test and use have the input size always.",
        Unit = "pixels",
        Min = 32,
        Max = 1024,
        Null = "the input size",
        NeedsBackbone = true
    )]
    public int? StartSize { get; init; }
}
