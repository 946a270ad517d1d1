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

    /// <summary>The alias of the version's model that it follows: the requested version is what it means. Null: none.</summary>
    public string? Alias { get; set; }

    /// <summary>The requested version.</summary>
    public required Guid ModelVersionId { get; set; }

    /// <summary>The live version; null until the first load.</summary>
    public Guid? LiveVersionId { get; set; }

    /// <summary>On how many predictors the model shall be loaded, if there are that many. Each answers alone, so that the deployment
    /// keeps answering while one of them restarts.</summary>
    public int Replicas { get; set; } = 1;

    /// <summary>The predictors that shall load the model, by <see cref="PredictorAddress.Text"/>.</summary>
    public string[] PlacedOn { get; set; } = [];

    /// <summary>The predictors that have loaded a version and answer.</summary>
    public string[] LoadedOn { get; set; } = [];
    public DeploymentState State { get; set; } = DeploymentState.Starting;
    public Failure? Error { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc/>
    public Guid? DeletionId { get; private set; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>The version that the predictors shall load: a refused one is not tried again until another one is requested, and until then
    /// the previous one stays loaded. Null: there is none.</summary>
    public Guid? Target => State == DeploymentState.Failed ? LiveVersionId : ModelVersionId;

    public bool IsLiveAsRequested => State == DeploymentState.Live && LiveVersionId == ModelVersionId;

    public void GoLive()
    {
        State = DeploymentState.Live;
        Error = null;
        LiveVersionId = ModelVersionId;
    }

    public void Fail(Failure failure)
    {
        State = DeploymentState.Failed;
        Error = failure;
    }
}
