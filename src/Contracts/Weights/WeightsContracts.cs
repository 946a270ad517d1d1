using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Common;

namespace GpuGeek.Contracts.Weights;

public sealed record CreateWeightsRequest
{
    /// <summary>Slug of the project.</summary>
    /// <example>flowers</example>
    [Required, StringLength(63)]
    public required string Project { get; init; }

    /// <summary>Name of the file.</summary>
    /// <example>resnet18.pth</example>
    [Required, StringLength(255, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>Size of the file in bytes.</summary>
    /// <example>46830571</example>
    [Range(1, 4L << 30)]
    public required long Size { get; init; }

    /// <summary>Architecture of the catalogue to compare with. Null: the best match is found automatically.</summary>
    /// <example>resnet18</example>
    [StringLength(50)]
    public string? Architecture { get; init; }
}

/// <summary>A weights file and, once it has been read, a report of its contents.</summary>
/// <param name="State"><c>uploading|queued|inspecting|ready|failed</c>. A file that is <c>ready</c> was read; the report says whether it
/// fits.</param>
/// <param name="UploadUrl">Address to PUT the bytes to while the state is <c>uploading</c>, relative to the API's origin.</param>
/// <param name="Hash"><c>sha256:…</c> of the file, once it is ready.</param>
/// <param name="RetryUntil">A file whose reading was interrupted too often keeps its bytes until then and can be retried. Null: it cannot
/// be retried.</param>
public sealed record WeightsResponse(
    Guid Id,
    string Project,
    string Name,
    long Size,
    string State,
    string? Architecture,
    string? Hash,
    WeightsReportResponse? Report,
    ErrorInfo? Error,
    string? UploadUrl,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? RetryUntil = null
);

/// <summary>How a file fits an architecture. At most 200 names of missing, unexpected and mismatched tensors are listed; the counts
/// include all of them.</summary>
/// <param name="Format"><c>pytorch|pytorch_legacy|safetensors|onnx</c>.</param>
/// <param name="Numbers">Number of values in all tensors.</param>
/// <param name="Types">Data types of the values, such as <c>float32</c>.</param>
/// <param name="Classes">Number of outputs of the file's classifier; null if it has no classifier that fits.</param>
/// <param name="Fits">All tensors before the classifier exist and fit, and none is unexpected: the whole file can be used.</param>
/// <param name="FittingGroups">Number of layer groups that fit, counted from the input. This many can be used.</param>
/// <param name="Missing">Tensors of the network that are not in the file.</param>
/// <param name="Unexpected">Tensors of the file that are not in the network.</param>
public sealed record WeightsReportResponse(
    string Format,
    int Tensors,
    long Numbers,
    IReadOnlyList<string> Types,
    string Architecture,
    int? Classes,
    bool Fits,
    int FittingGroups,
    IReadOnlyList<WeightsGroupResponse> Groups,
    IReadOnlyList<string> Missing,
    int MissingCount,
    IReadOnlyList<string> Unexpected,
    int UnexpectedCount,
    IReadOnlyList<WeightsMismatchResponse> Mismatched,
    int MismatchedCount
);

/// <param name="Tensors">Number of tensors of the network in this group.</param>
/// <param name="Fitting">Number of those that the file has with the same shape.</param>
public sealed record WeightsGroupResponse(string Name, int Tensors, int Fitting);

/// <param name="Network">Shape in the network.</param>
/// <param name="File">Shape in the file.</param>
public sealed record WeightsMismatchResponse(string Name, IReadOnlyList<long> Network, IReadOnlyList<long> File);
