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

/// <summary>An uploaded weights file of a project. A child process of a worker reads it before anybody can use it.</summary>
public sealed class UploadedWeights : Upload, ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ProjectId { get; init; }
    public required string FileName { get; init; }

    /// <summary>Bytes of the file.</summary>
    public long Size { get; set; }

    /// <summary>Architecture of the catalogue to compare with; null: the best match is found.</summary>
    public string? Asked { get; init; }
    public WeightsState State { get; set; } = WeightsState.Uploading;

    /// <summary>SHA-256 in hex of the file: its key in the object store once it is ready.</summary>
    public string? ContentHash { get; set; }
    public WeightsReport? Report { get; set; }
    public Failure? Error { get; set; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>The owner of the lease and its expiry; after that reading is started again.</summary>
    public string? Owner { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Number of starts; together with the owner it identifies a lease.</summary>
    public int Attempt { get; set; }

    public bool IsFinished => State is WeightsState.Ready or WeightsState.Failed;
}
