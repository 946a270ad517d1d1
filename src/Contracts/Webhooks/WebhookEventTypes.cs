namespace GpuGeek.Contracts.Webhooks;

/// <summary>Event types that a webhook can subscribe to; never renamed, since receivers branch on them. The only list of them: Domain,
/// which sends the events, compiles this file too.</summary>
#pragma warning disable IDE0040 // Each project says who sees it: public in Contracts, internal in Domain.
static partial class WebhookEventTypes
#pragma warning restore IDE0040
{
    public const string RunSucceeded = "run.succeeded";
    public const string RunFailed = "run.failed";
    public const string RunCanceled = "run.canceled";
    public const string ImportSucceeded = "import.succeeded";
    public const string ImportFailed = "import.failed";
    public const string JobSucceeded = "job.succeeded";
    public const string JobFailed = "job.failed";
    public const string JobCanceled = "job.canceled";
    public const string DeploymentLive = "deployment.live";
    public const string DeploymentFailed = "deployment.failed";

    public static readonly string[] All =
    [
        RunSucceeded,
        RunFailed,
        RunCanceled,
        ImportSucceeded,
        ImportFailed,
        JobSucceeded,
        JobFailed,
        JobCanceled,
        DeploymentLive,
        DeploymentFailed,
    ];
}
