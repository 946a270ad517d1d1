using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deletions;

namespace GpuGeek.Domain.Deployments;

public enum DeploymentState
{
    Starting,
    Live,
    Failed,
}

/// <summary>A hosted endpoint. It requests one model version; while that cannot be loaded, the previous one stays live.</summary>
public sealed class Deployment : ITenantOwned, IDeletable
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ProjectId { get; init; }

    /// <summary>A slug, unique in the organisation: part of the address.</summary>
    public required string Name { get; init; }

    /// <summary>The requested version.</summary>
    public required Guid ModelVersionId { get; set; }

    /// <summary>The live version; null until the first load.</summary>
    public Guid? LiveVersionId { get; set; }
    public DeploymentState State { get; set; } = DeploymentState.Starting;
    public Failure? Error { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc/>
    public Guid? DeletionId { get; private set; }
    public required DateTimeOffset UpdatedAt { get; set; }
}
