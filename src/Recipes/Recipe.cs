namespace GpuGeek.Recipes;

/// <summary>
/// Every choice of a training, resolved: the row of a run, <c>spec.json</c> and the API's answer hold this document whole, so that no
/// default of a later version changes an old run. Requests hold parts of it (<see cref="PartialRecipe"/>).
/// </summary>
/// <remarks>
/// A setting that is <c>required</c> was there from the first schema on. One that came later has an initial value instead: its neutral
/// value, under which the engine does what it did before the setting existed. A document from before is read with it, and
/// <see cref="RecipeIdentity"/> leaves it out. So an initial value never changes; better defaults belong to the presets.
/// </remarks>
public sealed record Recipe
{
    /// <summary>Version of the document's shape; <see cref="RecipeUpgrades"/> reads older ones.</summary>
    public int Schema { get; init; } = RecipeUpgrades.Current;

    [Setting("Preset", "The set of values that the recipe started from.", Provenance = true, Max = 50)]
    public required string Preset { get; init; }

    [Section("Model", "The network and the size of what it sees.")]
    public required ModelSettings Model { get; init; }

    [Section("Preprocessing", "How every picture becomes the network's input: in training, in evaluation, at the endpoint and in exports.")]
    public PreprocessingSettings Preprocessing { get; init; } = new();

    [Section("Data", "In which order and in what batches training pictures are read.")]
    public required DataSettings Data { get; init; }

    [Section("Augmentation", "Random changes to training pictures. Validation, test and serving see none of it.")]
    public required AugmentationSettings Augmentation { get; init; }

    [Section("Loss", "What training makes small.")]
    public required LossSettings Loss { get; init; }

    [Section("Optimiser", "How weights follow the gradient.")]
    public required OptimizerSettings Optimizer { get; init; }

    [Section("Schedule", "How the learning rate changes over the steps: a linear rise, then a curve.")]
    public required ScheduleSettings Schedule { get; init; }

    [Section("Transfer", "What the network has learned before, and how much of it may change.")]
    public required TransferSettings Transfer { get; init; }

    [Section("Regularisation", "What keeps the network from learning the training pictures by heart.")]
    public required RegularizationSettings Regularization { get; init; }

    [Section("Averaging", "Which weights are validated and kept.")]
    public AveragingSettings Averaging { get; init; } = new();

    [Section("Stopping", "When training ends before its budget. It looks at the validation pictures alone.")]
    public StoppingSettings Stopping { get; init; } = new();

    [Section("Computing", "How a training uses its machine.")]
    public ComputeSettings Compute { get; init; } = new();

    [Section("Budget", "How long the training lasts.")]
    public required BudgetSettings Budget { get; init; }
}
