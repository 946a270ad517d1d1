using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Common;

namespace GpuGeek.Contracts.Models;

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

    /// <summary>Bytes that will come.</summary>
    /// <example>46830571</example>
    [Range(1, 4L << 30)]
    public required long Size { get; init; }

    /// <summary>The architecture of the catalogue to compare with; null: the one that fits best is found.</summary>
    /// <example>resnet18</example>
    [StringLength(50)]
    public string? Architecture { get; init; }
}

/// <summary>A weights file and, once it was read, what it holds.</summary>
/// <param name="State"><c>uploading|queued|inspecting|ready|failed</c>. A file that is <c>ready</c> can be read; whether it fits says the
/// report.</param>
/// <param name="UploadUrl">Where to PUT the bytes while they are awaited, relative to the API's origin.</param>
/// <param name="Hash"><c>sha256:…</c> of the file once it is ready.</param>
/// <param name="RetryUntil">Until then a file whose reading broke off too often keeps its bytes and can be tried again; null: it
/// cannot.</param>
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

/// <summary>How a file fits an architecture. Of missing, unexpected and mismatched tensors at most 200 names are listed; the counts tell of
/// all.</summary>
/// <param name="Format"><c>pytorch|pytorch_legacy|safetensors|onnx</c>.</param>
/// <param name="Numbers">Numbers in all tensors.</param>
/// <param name="Types">Of the numbers, such as <c>float32</c>.</param>
/// <param name="Classes">Outputs of the file's classifier; null when it has none that fits.</param>
/// <param name="Fits">Everything before the classifier is there and fits, and nothing is left over: it can be used whole.</param>
/// <param name="FittingGroups">So many layer groups fit, from the input on: so many can be used.</param>
/// <param name="Missing">In the network and not in the file.</param>
/// <param name="Unexpected">In the file and not in the network.</param>
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

/// <param name="Tensors">Of the network, in this group.</param>
/// <param name="Fitting">How many of them the file has in the same shape.</param>
public sealed record WeightsGroupResponse(string Name, int Tensors, int Fitting);

/// <param name="Network">Shape in the network.</param>
/// <param name="File">Shape in the file.</param>
public sealed record WeightsMismatchResponse(string Name, IReadOnlyList<long> Network, IReadOnlyList<long> File);
