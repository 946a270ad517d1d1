using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Deployments;
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

    /// <returns>Null for states without an event: a cancelled import is reported to the person who cancelled it.</returns>
    public static WebhookEvent? OfImport(Guid org, Guid import, Guid dataset, ImportState state, string? errorCode)
    {
        var type = state switch
        {
            ImportState.Succeeded => ImportSucceeded,
            ImportState.Failed => ImportFailed,
            _ => null,
        };
        return type is null
            ? null
            : new(
                org,
                type,
                new Dictionary<string, object?>
                {
                    ["import"] = import,
                    ["dataset"] = dataset,
                    ["state"] = Name(state),
                    ["errorCode"] = errorCode,
                }
            );
    }

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
