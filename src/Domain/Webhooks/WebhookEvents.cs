using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using static GpuGeek.Contracts.Webhooks.WebhookEventTypes;

namespace GpuGeek.Domain.Webhooks;

/// <summary>An event with only ids and states; receivers request the rest with GET.</summary>
/// <param name="Type">One of <see cref="Contracts.Webhooks.WebhookEventTypes"/>, or <see cref="WebhookEvents.Ping"/>.</param>
/// <param name="Data">Becomes the payload's <c>data</c>; contains no secret.</param>
public sealed record WebhookEvent(Guid OrgId, string Type, IReadOnlyDictionary<string, object?> Data);

/// <summary>The events that webhooks can subscribe to, and the one of the test button.</summary>
public static class WebhookEvents
{
    /// <summary>Sent by the test button; needs no subscription.</summary>
    public const string Ping = "ping";

    /// <returns>Null while the run is active.</returns>
    public static WebhookEvent? Of(Run run) =>
        run.State switch
        {
            RunState.Succeeded => Of(run, RunSucceeded),
            RunState.Failed => Of(run, RunFailed),
            RunState.Canceled => Of(run, RunCanceled),
            _ => null,
        };

    /// <param name="errorCode">Null: it succeeded.</param>
    public static WebhookEvent OfImport(Guid org, Guid import, Guid dataset, string? errorCode) =>
        new(
            org,
            errorCode is null ? ImportSucceeded : ImportFailed,
            new Dictionary<string, object?>
            {
                ["import"] = import,
                ["dataset"] = dataset,
                ["state"] = errorCode is null ? "succeeded" : "failed",
                ["errorCode"] = errorCode,
            }
        );

    /// <param name="state">How it ended.</param>
    public static WebhookEvent Of(Job job, JobState state, string? errorCode) =>
        new(
            job.OrgId,
            state switch
            {
                JobState.Succeeded => JobSucceeded,
                JobState.Canceled => JobCanceled,
                _ => JobFailed,
            },
            new Dictionary<string, object?>
            {
                ["job"] = job.Id,
                ["kind"] = job.Kind,
                ["dataset"] = job.DatasetId,
                ["project"] = job.ProjectId,
                ["state"] = Name(state),
                ["errorCode"] = errorCode,
            }
        );

    /// <returns>Null while it starts.</returns>
    public static WebhookEvent? Of(Deployment deployment)
    {
        var type = deployment.State switch
        {
            DeploymentState.Live => DeploymentLive,
            DeploymentState.Failed => DeploymentFailed,
            _ => null,
        };
        return type is null
            ? null
            : new(
                deployment.OrgId,
                type,
                new Dictionary<string, object?>
                {
                    ["deployment"] = deployment.Id,
                    ["name"] = deployment.Name,
                    ["state"] = Name(deployment.State),
                    ["modelVersion"] = deployment.ModelVersionId,
                    ["liveModelVersion"] = deployment.LiveVersionId,
                    ["errorCode"] = deployment.Error?.Code,
                }
            );
    }

    private static WebhookEvent Of(Run run, string type) =>
        new(
            run.OrgId,
            type,
            new Dictionary<string, object?>
            {
                ["run"] = run.Id,
                ["project"] = run.ProjectId,
                ["datasetVersion"] = run.DatasetVersionId,
                ["state"] = Name(run.State),
                ["modelVersion"] = run.ModelVersionId,
                ["errorCode"] = run.Error?.Code,
            }
        );

    private static string Name(Enum state) => state.ToString().ToLowerInvariant();
}
