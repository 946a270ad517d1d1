using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Weights;

/// <summary>An uploaded weights file of a project. A child process of a worker reads it before anybody can use it; its job is of the kind
/// <c>weights</c>.</summary>
public sealed class UploadedWeights : Upload
{
    public required Guid ProjectId { get; init; }

    /// <summary>Architecture of the catalogue to compare with; null: the best match is found.</summary>
    public string? Asked { get; init; }

    /// <summary>SHA-256 in hex of the file: its key in the object store once it is ready.</summary>
    public string? ContentHash { get; set; }
    public WeightsReport? Report { get; set; }
    public required Guid CreatedBy { get; init; }
}
