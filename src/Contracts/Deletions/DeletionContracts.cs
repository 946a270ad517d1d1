namespace GpuGeek.Contracts.Deletions;

/// <summary>Preview of a deletion: what would be deleted. Nothing is deleted yet.</summary>
/// <param name="Kind"><c>dataset</c>, <c>project</c> or <c>organization</c>.</param>
/// <param name="Name">Name of the dataset, project or organisation.</param>
/// <param name="GraceDays">Days in which it can be restored. After that, its rows and files are deleted permanently.</param>
/// <param name="Projects">Projects of the organisation.</param>
/// <param name="Images">Pictures with their labels.</param>
/// <param name="ImageBytes">Bytes of the pictures.</param>
/// <param name="DatasetVersions">Versions of the datasets.</param>
/// <param name="Runs">Runs with their curves, logs and checkpoints.</param>
/// <param name="ActiveRuns">Queued or running runs that will be cancelled; for a dataset, those that train on it.</param>
/// <param name="ActiveImports">Running imports that will be cancelled.</param>
/// <param name="ModelVersions">Trained models.</param>
/// <param name="Deployments">Endpoints that stop answering immediately.</param>
/// <param name="Members">People who lose access, including the caller.</param>
/// <param name="Keys">API keys that stop working immediately.</param>
/// <param name="RunsKept">Runs that were trained on the dataset and are kept, with their models and endpoints.</param>
public sealed record DeletionPreviewResponse(
    string Kind,
    string Name,
    int GraceDays,
    int Projects,
    int Datasets,
    int Images,
    long ImageBytes,
    int DatasetVersions,
    int Runs,
    int ActiveRuns,
    int ActiveImports,
    int ModelVersions,
    IReadOnlyList<string> Deployments,
    int Members,
    int Keys,
    int RunsKept
);

/// <summary>A deleted item that can still be restored.</summary>
/// <param name="Kind"><c>dataset</c> or <c>project</c>.</param>
/// <param name="TargetId">Id of the dataset or project.</param>
/// <param name="RequestedBy">Name of the person who deleted it.</param>
/// <param name="PurgeAt">Time of the permanent deletion.</param>
public sealed record DeletionResponse(
    Guid Id,
    string Kind,
    Guid TargetId,
    string Name,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    DateTimeOffset PurgeAt
);

/// <summary>A deleted organisation that the caller, an owner, can still restore.</summary>
/// <param name="PurgeAt">Time of the permanent deletion.</param>
public sealed record DeletedOrganizationResponse(
    Guid Id,
    string Slug,
    string Name,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    DateTimeOffset PurgeAt
);
