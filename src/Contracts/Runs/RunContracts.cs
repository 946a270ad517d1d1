using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Billing;
using GpuGeek.Contracts.Common;
using GpuGeek.Recipes;

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

    /// <summary>A preset and what differs from it; <c>GET /api/v1/recipes/schema</c> has every setting with its range.</summary>
    /// <example>{"preset": "fast", "budget": {"epochs": 5}}</example>
    [Required]
    public required PartialRecipe Recipe { get; init; }

    /// <summary>Class of device to train on: <c>cpu</c>, <c>gpu</c>, or a name that the operator gave to machines
    /// (<c>GET …/devices</c>). Null: whichever is free. A run whose class no worker has waits, and its log says so.</summary>
    /// <example>cpu</example>
    [StringLength(32, MinimumLength = 1)]
    [RegularExpression(
        "^[a-z0-9-]{1,32}$",
        ErrorMessage = "A class of device has lower-case letters, digits and dashes, and at most 32 of them."
    )]
    public string? Device { get; init; }
}

public sealed record UpdateRunRequest
{
    /// <example>More epochs</example>
    [StringLength(100, MinimumLength = 1)]
    public string? Name { get; init; }
}

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
/// <param name="Device">Class of device that it asks for; null: any.</param>
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
    Recipe Recipe,
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
    DateTimeOffset? ResumableUntil = null,
    string? Device = null
);

/// <param name="Name">Worker and slot that holds the run's lease.</param>
public sealed record WorkerResponse(string Name);

public sealed record BestResponse(int Epoch, double ValAccuracy);

/// <param name="Interval">95 % Wilson interval of the test accuracy: low, high.</param>
/// <param name="BestEpoch">Chosen on the validation split alone.</param>
/// <param name="SoupEpochs">Epochs whose weights were mixed (<c>averaging.soup</c>), the best first; empty: none were.</param>
/// <param name="Environments">Processor instructions, libtorch and threads of every part of the training. One: the same seed gives the same
/// bits there. More: the run went on elsewhere and is not bitwise. Empty for results of earlier versions.</param>
/// <param name="Temperature">Logits are divided by it, so that probabilities mean what they say.</param>
/// <param name="Calibration">Null for results of earlier versions.</param>
/// <param name="Confusion">Test pictures by [true class][predicted class].</param>
/// <param name="OnnxMaxDifference">Largest difference of a logit between the exported file and the trained network on real
/// pictures.</param>
public sealed record RunResultResponse(
    double TestAccuracy,
    double[] Interval,
    int TestCount,
    double ValAccuracy,
    int BestEpoch,
    int[] SoupEpochs,
    string[] Environments,
    double Temperature,
    CalibrationResponse? Calibration,
    IReadOnlyList<string> Classes,
    int[][] Confusion,
    IReadOnlyList<ClassScoreResponse> PerClass,
    double OnnxMaxDifference,
    ModelVersionRef ModelVersion
);

/// <summary>Expected calibration error of the test pictures.</summary>
/// <param name="Before">Without the temperature.</param>
/// <param name="After">With the temperature, as the endpoint answers.</param>
public sealed record CalibrationResponse(CalibrationErrorResponse Before, CalibrationErrorResponse After);

/// <param name="Error">By how much confidences differ from shares of right answers, 0..1, without what few pictures add to it.</param>
/// <param name="Interval">95 % interval: low, high. Low is 0 where a perfectly calibrated model would show as much.</param>
/// <param name="Plain">Not corrected, as other programs report it: 15 bins of equal width.</param>
public sealed record CalibrationErrorResponse(double Error, double[] Interval, double Plain);

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
