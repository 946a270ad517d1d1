using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Weights;

public enum WeightsState
{
    Uploading,
    Queued,
    Inspecting,
    Ready,
    Failed,
}

/// <summary>Somebody's weights on their way into a project. A child process of a worker reads them before anybody may use them.</summary>
public sealed class UploadedWeights : Upload, ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ProjectId { get; init; }
    public required string FileName { get; init; }

    /// <summary>Bytes of the file.</summary>
    public long Size { get; set; }

    /// <summary>Which architecture of the catalogue to compare with; null: the one that fits best is found.</summary>
    public string? Asked { get; init; }
    public WeightsState State { get; set; } = WeightsState.Uploading;

    /// <summary>SHA-256 in hex of the file: its key in the object store once it is ready.</summary>
    public string? ContentHash { get; set; }
    public WeightsReport? Report { get; set; }
    public Failure? Error { get; set; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Who reads it, and until when its lease lasts; after that it is begun again.</summary>
    public string? Owner { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Times it was started; with the owner it names a lease.</summary>
    public int Attempt { get; set; }

    public bool IsFinished => State is WeightsState.Ready or WeightsState.Failed;
}
