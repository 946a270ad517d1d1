using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Billing;
using GpuGeek.Contracts.Common;

namespace GpuGeek.Contracts.Runs;

public sealed record CreateRunRequest
{
    /// <summary>Slug of the project.</summary>
    /// <example>flowers</example>
    [Required, StringLength(63)]
    public required string Project { get; init; }

    /// <summary>Id of a dataset version.</summary>
    public required Guid DatasetVersion { get; init; }

    /// <summary>Null: a name is made from the architecture and the preset.</summary>
    [StringLength(100, MinimumLength = 1)]
    public string? Name { get; init; }

    [Required]
    public required RecipeRequest Recipe { get; init; }
}

public sealed record UpdateRunRequest
{
    /// <example>More epochs</example>
    [StringLength(100, MinimumLength = 1)]
    public string? Name { get; init; }
}

/// <summary>What differs from the preset; null means the preset's value.</summary>
public sealed record RecipeRequest
{
    /// <summary><c>fast</c>: frozen backbone, seconds. <c>balanced</c>: all layers, minutes.</summary>
    /// <example>fast</example>
    [Required, RegularExpression("^(fast|balanced)$", ErrorMessage = "The preset must be 'fast' or 'balanced'.")]
    public required string Preset { get; init; }

    /// <summary>A name of the catalogue, such as <c>mobilenet_v2</c> or <c>resnet18</c>.</summary>
    /// <example>mobilenet_v2</example>
    [StringLength(50)]
    public string? Architecture { get; init; }

    /// <example>5</example>
    [Range(1, 1000)]
    public int? Epochs { get; init; }

    /// <example>0</example>
    [Range(0, int.MaxValue)]
    public int? Seed { get; init; }

    [Range(2, 1024)]
    public int? BatchSize { get; init; }

    /// <summary>Peak rate of the head.</summary>
    [Range(1e-7, 10)]
    public double? LearningRate { get; init; }

    [Range(0, 1)]
    public double? WeightDecay { get; init; }

    [Range(0, 0.5)]
    public double? LabelSmoothing { get; init; }

    /// <summary>Start from published weights. False trains from random ones.</summary>
    public bool? Pretrained { get; init; }

    /// <summary>Start from these weights instead of the published ones.</summary>
    public StartRequest? Start { get; init; }

    /// <summary>Square input side in pixels; for transformers a multiple of their patch (<c>sizeMultiple</c> of the
    /// architecture).</summary>
    [Range(32, 1024)]
    public int? InputSize { get; init; }

    /// <summary>Share of what the classifier sees that is dropped in training. Null: what the architecture was published with; nothing with
    /// <c>fast</c>.</summary>
    [Range(0, 0.9)]
    public double? Dropout { get; init; }

    /// <summary>How often the last residual branch is skipped in training; earlier ones less, linearly. Null: as the architecture was
    /// published. Only with <c>balanced</c>, and for architectures that have such branches.</summary>
    [Range(0, 0.9)]
    public double? StochasticDepth { get; init; }
}

/// <summary>Weights to start from: an uploaded file, or a version of one of the project's models. Without an architecture in the recipe
/// theirs is taken.</summary>
public sealed record StartRequest
{
    /// <summary>Id of an uploaded weights file that is <c>ready</c>.</summary>
    public Guid? Weights { get; init; }

    /// <summary>Name of a model of the project.</summary>
    [StringLength(63)]
    public string? Model { get; init; }

    /// <summary>Version of the model; null: the newest one.</summary>
    [Range(1, int.MaxValue)]
    public int? Version { get; init; }

    /// <summary>Take only so many layer groups, from the input on, and leave the others as fresh numbers; null takes all before the
    /// classifier. The report of a weights file says how many fit.</summary>
    [Range(1, 100)]
    public int? Groups { get; init; }
}

/// <param name="Weights">Id of the uploaded file, or null.</param>
/// <param name="Name">The file's name, or the model and its version.</param>
/// <param name="Groups">Layer groups that were taken from the input on; null: all.</param>
public sealed record StartResponse(Guid? Weights, string? Model, int? Version, string Name, int? Groups);

/// <summary>The recipe with every choice resolved.</summary>
/// <param name="Dropout">Null: as the architecture was published.</param>
/// <param name="StochasticDepth">Null: as the architecture was published.</param>
/// <param name="Start">Null: the published weights, or random ones where <c>pretrained</c> is false.</param>
public sealed record RecipeResponse(
    string Preset,
    string Architecture,
    int Epochs,
    int Seed,
    int BatchSize,
    double LearningRate,
    double BackboneRateFactor,
    double WeightDecay,
    double WarmupFraction,
    double LabelSmoothing,
    bool Pretrained,
    int InputSize,
    AugmentationResponse Augmentation,
    double? Dropout = null,
    double? StochasticDepth = null,
    StartResponse? Start = null
)
{
    /// <summary>Asks for the same recipe again: every value is named, whatever the preset's values are by then.</summary>
    public RecipeRequest ToRequest() =>
        new()
        {
            Preset = Preset,
            Architecture = Architecture,
            Epochs = Epochs,
            Seed = Seed,
            BatchSize = BatchSize,
            LearningRate = LearningRate,
            WeightDecay = WeightDecay,
            LabelSmoothing = LabelSmoothing,
            Pretrained = Pretrained,
            Start = Start is null
                ? null
                : new()
                {
                    Weights = Start.Weights,
                    Model = Start.Model,
                    Version = Start.Version,
                    Groups = Start.Groups,
                },
            InputSize = InputSize,
            Dropout = Dropout,
            StochasticDepth = StochasticDepth,
        };
}

public sealed record AugmentationResponse(double CropScaleMin, bool HorizontalFlip, double ColorJitter, double RotationDegrees);

/// <param name="DatasetDeleted">What it learned from has been deleted; the run and its model stay.</param>
/// <param name="State"><c>queued|starting|running|pausing|paused|canceling|canceled|succeeded|failed</c>.</param>
/// <param name="Attempt">Times it was started.</param>
/// <param name="Phase">What the trainer is doing now: <c>preparing</c>, <c>embedding</c>, <c>training</c>, <c>evaluating</c>,
/// <c>exporting</c>.</param>
/// <param name="Progress">0..1.</param>
/// <param name="Eta">Seconds left, where it can be told.</param>
/// <param name="Seconds">Charged seconds so far: only time kept in a durable checkpoint or a result.</param>
/// <param name="LastSeq">Pass as <c>after</c> to see only newer metric points and log lines.</param>
/// <param name="ResumableUntil">Until then a run that failed because its process died too often keeps its last checkpoint and can be
/// resumed; null: it cannot be resumed.</param>
public sealed record RunResponse(
    Guid Id,
    string Name,
    string Project,
    Guid DatasetVersion,
    string DatasetName,
    int DatasetVersionNumber,
    bool DatasetDeleted,
    string State,
    int Attempt,
    string? Phase,
    double Progress,
    double? Eta,
    RecipeResponse Recipe,
    WorkerResponse? Worker,
    BestResponse? Best,
    RunResultResponse? Result,
    ErrorInfo? Error,
    decimal Seconds,
    MoneyResponse Cost,
    long LastSeq,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? ResumableUntil = null
);

/// <param name="Name">Worker and slot that holds the run's lease.</param>
public sealed record WorkerResponse(string Name);

public sealed record BestResponse(int Epoch, double ValAccuracy);

/// <param name="Interval">95 % Wilson interval of the test accuracy: low, high.</param>
/// <param name="Confusion">Test pictures by [true class][predicted class].</param>
/// <param name="OnnxMaxDifference">Largest difference of a logit between the exported file and the trained network on real
/// pictures.</param>
public sealed record RunResultResponse(
    double TestAccuracy,
    double[] Interval,
    int TestCount,
    double ValAccuracy,
    int BestEpoch,
    double Temperature,
    IReadOnlyList<string> Classes,
    int[][] Confusion,
    IReadOnlyList<ClassScoreResponse> PerClass,
    double OnnxMaxDifference,
    ModelVersionRef ModelVersion
);

public sealed record ClassScoreResponse(string Name, double Precision, double Recall, double F1, int Support);

public sealed record ModelVersionRef(string Model, int Version);

/// <param name="Seq">Order of writing within the run.</param>
/// <param name="Step">Optimizer step, from 1.</param>
public sealed record MetricPointResponse(long Seq, string Name, long Step, double Epoch, double Value, DateTimeOffset At);

public sealed record MetricsResponse(IReadOnlyList<MetricPointResponse> Items, long LastSeq);

/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
public sealed record LogLineResponse(long Seq, string Level, string Message, DateTimeOffset At);

public sealed record LogsResponse(IReadOnlyList<LogLineResponse> Items, long LastSeq);

/// <summary>An architecture of the catalogue.</summary>
/// <param name="InputSize">Pixels of the square input at which its weights were published, and at which it is counted.</param>
/// <param name="Parameters">With 1,000 classes.</param>
/// <param name="MultiplyAdds">Of one picture.</param>
/// <param name="ImageNetTop1">Published accuracy of the weights, 0..1.</param>
/// <param name="InferenceBytes">Most bytes of activations held at once for one picture in float32, without the parameters.</param>
/// <param name="TrainingBytes">The same when all layers learn; grows with the batch.</param>
/// <param name="Licence">Of the published weights: an SPDX name.</param>
/// <param name="SizeMultiple">Other input sizes, of 32 to 1024 pixels, must be a multiple of this.</param>
/// <param name="StochasticDepth">Whether a recipe may set it.</param>
/// <param name="Family">What it is a variant of, such as <c>ResNet</c>.</param>
/// <param name="WeightsUrl">Published address of its weights.</param>
/// <param name="WeightsAvailable">
/// Whether a worker of this installation has the published weights or can download them. With <c>false</c> a run that starts from them is
/// refused
/// (<c>weights_unavailable</c>). Null: no worker has said it in the last minutes; a run is queued.
/// </param>
public sealed record ArchitectureResponse(
    string Name,
    string Title,
    int InputSize,
    long Parameters,
    long MultiplyAdds,
    double ImageNetTop1,
    string Paper,
    long InferenceBytes,
    long TrainingBytes,
    string Licence,
    int SizeMultiple,
    bool StochasticDepth,
    string Family,
    string WeightsUrl,
    bool? WeightsAvailable
);
