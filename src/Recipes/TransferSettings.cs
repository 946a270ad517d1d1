using System.Text.Json.Serialization;

namespace GpuGeek.Recipes;

public sealed record TransferSettings
{
    public const string Trained = "trained",
        Solved = "solved";

    /// <summary>When the weights cannot be had, the run fails: it never starts from random ones instead.</summary>
    [Setting("Pretrained", "Starts from published weights, or from those that start names. False starts from random numbers.")]
    public required bool Pretrained { get; init; }

    /// <summary>0 is a linear probe on embeddings (Alain and Bengio 2016, arXiv:1610.01644).</summary>
    [Setting(
        "Backbone rate",
        "The backbone's learning rate as a share of the classifier's. 0 keeps the backbone as it is: its outputs are computed once and "
            + "the classifier alone learns, in seconds.",
        Min = 0,
        Max = 1
    )]
    public required double BackboneRate { get; init; }

    /// <summary>Multinomial logistic regression by L-BFGS (Liu and Nocedal 1989).</summary>
    [Setting(
        "Classifier",
        "With a frozen backbone: trained takes the optimiser's steps; solved is the best classifier that the backbone's outputs allow, "
            + "whose penalty the validation split chooses. Optimiser, schedule and epochs say nothing then.",
        Choices = [Trained, Solved]
    )]
    public string Head { get; init; } = Trained;

    [Setting(
        "Refit",
        "With a solved classifier: once the validation split has chosen the penalty, the classifier is solved again on training and "
            + "validation pictures together. The temperature then comes from pictures that five such classifiers have not seen, and the "
            + "validation figures are those of the classifier before.",
        DependsOn = "head",
        OnlyFor = [Solved]
    )]
    public bool Refit { get; init; }

    /// <summary>Clark et al. 2020, arXiv:2003.10555.</summary>
    [Setting(
        "Layer decay",
        "Each layer group's rate as a share of that of the group after it: layers near the input learn more slowly. 1 gives all of the "
            + "backbone the same rate.",
        Min = 0.1,
        Max = 1,
        NeedsBackbone = true
    )]
    public double LayerDecay { get; init; } = 1;

    [Setting(
        "Frozen groups",
        "So many layer groups, from the input on, stay as they are while the others learn.",
        Min = 1,
        Max = 100,
        Null = "none",
        NeedsBackbone = true
    )]
    public int? FrozenGroups { get; init; }

    /// <summary>Howard and Ruder 2018, arXiv:1801.06146.</summary>
    [Setting(
        "Unfreezing",
        "The classifier learns first; after so many epochs the layer group before it begins to learn too, after as many again the next, "
            + "down to the input.",
        Unit = "epochs",
        Min = 1,
        Max = 100,
        Null = "all learn from the start",
        NeedsBackbone = true
    )]
    public int? UnfreezeEpochs { get; init; }

    [Setting(
        "Frozen batch normalisation",
        "Batch normalisation keeps its weights and running statistics, and uses them in training too: for small batches.",
        NeedsBackbone = true
    )]
    public bool FrozenNorms { get; init; }

    /// <summary>The classifier alone learns, on embeddings of the pictures; else the whole network learns from the pictures.</summary>
    [JsonIgnore]
    public bool FreezesBackbone => BackboneRate == 0;

    /// <summary>The classifier is solved: no steps are taken.</summary>
    [JsonIgnore]
    public bool SolvesHead => FreezesBackbone && Head == Solved;

    /// <summary>The classifier learns from the validation pictures too, once they have chosen.</summary>
    [JsonIgnore]
    public bool RefitsHead => SolvesHead && Refit;

    /// <summary>Null: from the published weights, or from random ones.</summary>
    [Section("Start", "Weights to start from instead of the published ones: an uploaded file or a version of one of the project's models.")]
    public StartSettings? Start { get; init; }
}

/// <summary>Weights that a run starts from instead of the published ones: a file that somebody uploaded, or what another run
/// learned.</summary>
public sealed record StartSettings
{
    [Setting("Weights file", "Id of an uploaded weights file that is ready.", Provenance = true)]
    public Guid? Weights { get; init; }

    [Setting("Model", "Name of a model of the project.", Provenance = true, Max = 63)]
    public string? Model { get; init; }

    [Setting("Version", "Version of the model.", Provenance = true, Min = 1, Max = int.MaxValue, Null = "the newest one")]
    public int? Version { get; init; }

    /// <summary>With all groups everything but the classifier must fit.</summary>
    [Setting(
        "Layer groups",
        "Takes only so many layer groups, from the input on, and fills the others with random numbers. The report of a weights file says "
            + "how many fit.",
        Min = 1,
        Max = 100,
        Null = "all"
    )]
    public int? Groups { get; init; }

    [Setting("Name", "The file's name, or the model and its version.", Provenance = true, ReadOnly = true)]
    public string Name { get; init; } = "";

    /// <summary>The classifier is kept where the new classes are the same in the same order; of an upload nobody knows the classes, and
    /// their number decides.</summary>
    [Setting("Classes", "Classes of the model that the weights come from.", ReadOnly = true)]
    public string[]? Classes { get; init; }

    /// <summary>Whether a classifier with as many outputs may stay.</summary>
    public bool KeepsClassifier(IReadOnlyList<string> classes) => Classes is null || Classes.SequenceEqual(classes, StringComparer.Ordinal);
}
