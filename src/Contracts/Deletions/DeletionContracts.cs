namespace GpuGeek.Contracts.Deletions;

/// <summary>What a deletion would take along. Nothing has happened yet.</summary>
/// <param name="Kind"><c>dataset</c>, <c>project</c> or <c>organization</c>.</param>
/// <param name="Name">Of what would be deleted.</param>
/// <param name="GraceDays">Days in which it can be restored; afterwards its rows and files are gone for good.</param>
/// <param name="Projects">Of an organisation.</param>
/// <param name="Images">Pictures with their labels.</param>
/// <param name="ImageBytes">Bytes of the pictures.</param>
/// <param name="DatasetVersions">Versions of the datasets.</param>
/// <param name="Runs">Runs with their curves, logs and checkpoints.</param>
/// <param name="ActiveRuns">Runs that are queued or training now and will be canceled; with a dataset, those that learn from it.</param>
/// <param name="ActiveImports">Imports under way that will be canceled.</param>
/// <param name="ModelVersions">Trained models.</param>
/// <param name="Deployments">Endpoints that stop answering at once.</param>
/// <param name="Members">People who lose access, the caller among them.</param>
/// <param name="Keys">API keys that stop working at once.</param>
/// <param name="RunsKept">Runs that learned from the dataset and stay, with their models and endpoints.</param>
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

/// <summary>Something that was deleted and can still be restored.</summary>
/// <param name="Kind"><c>dataset</c> or <c>project</c>.</param>
/// <param name="TargetId">Id of the dataset or project.</param>
/// <param name="RequestedBy">Name of who deleted it.</param>
/// <param name="PurgeAt">From then on it is gone for good.</param>
public sealed record DeletionResponse(
    Guid Id,
    string Kind,
    Guid TargetId,
    string Name,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    DateTimeOffset PurgeAt
);

/// <summary>An organisation that was deleted and that the caller, an owner, can still restore.</summary>
/// <param name="PurgeAt">From then on it is gone for good.</param>
public sealed record DeletedOrganizationResponse(
    Guid Id,
    string Slug,
    string Name,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    DateTimeOffset PurgeAt
);
