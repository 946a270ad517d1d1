using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Runs;

namespace GpuGeek.Domain.Models;

public sealed class Model : ITenantOwned, IDeletable
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ProjectId { get; init; }

    /// <summary>A slug, unique in the organisation.</summary>
    public required string Name { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc/>
    public Guid? DeletionId { get; private set; }
}

/// <summary>The result of one run: immutable.</summary>
public sealed class ModelVersion : ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ModelId { get; init; }

    /// <summary>1, 2, 3… within the model.</summary>
    public required int Number { get; init; }
    public required Guid RunId { get; init; }
    public required Guid DatasetVersionId { get; init; }
    public required string Architecture { get; init; }

    /// <summary>The model.json that accompanies the ONNX file.</summary>
    public required ModelManifest Manifest { get; init; }
    public required RunResult Result { get; init; }

    /// <summary>SHA-256 in hex: the key of core.onnx in the object store.</summary>
    public required string OnnxHash { get; init; }
    public required long OnnxBytes { get; init; }

    /// <summary>SHA-256 in hex of the test predictions' file.</summary>
    public required string PredictionsHash { get; init; }

    /// <summary>SHA-256 in hex of the engine's weights file.</summary>
    public required string WeightsHash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}
