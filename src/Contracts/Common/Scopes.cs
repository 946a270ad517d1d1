namespace GpuGeek.Contracts.Common;

/// <summary>Scopes of an API key. A session can do everything that the person's role allows.</summary>
public static class Scopes
{
    public const string DatasetsRead = "datasets:read";
    public const string DatasetsWrite = "datasets:write";
    public const string RunsRead = "runs:read";
    public const string RunsWrite = "runs:write";
    public const string ModelsRead = "models:read";
    public const string ModelsWrite = "models:write";
    public const string DeploymentsRead = "deployments:read";
    public const string DeploymentsWrite = "deployments:write";
    public const string Predict = "predict";
    public const string JobsRead = "jobs:read";
    public const string JobsWrite = "jobs:write";
    public const string BillingRead = "billing:read";
    public const string OrgAdmin = "org:admin";

    public static readonly string[] All =
    [
        DatasetsRead,
        DatasetsWrite,
        RunsRead,
        RunsWrite,
        ModelsRead,
        ModelsWrite,
        DeploymentsRead,
        DeploymentsWrite,
        Predict,
        JobsRead,
        JobsWrite,
        BillingRead,
        OrgAdmin,
    ];
}
