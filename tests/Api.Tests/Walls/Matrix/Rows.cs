using System.Net;
using System.Net.Http.Json;
using System.Text;
using GpuGeek.Api.Tests.Common;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Tests.Walls.Matrix;

/// <summary>A request within the organisation, as the route's own client would send it.</summary>
internal sealed record Call(HttpMethod Method, string Path, object? Body = null, byte[]? Bytes = null)
{
    public HttpRequestMessage To(string org, Func<string, string>? change = null)
    {
        var path = $"/api/v1/orgs/{org}{(Path.Length == 0 ? "" : "/" + Path)}";
        HttpContent? body = Bytes is { } bytes ? new ByteArrayContent(bytes) : Body is null ? null : JsonContent.Create(Body);
        if (change is not null && Body is not null) body = new StringContent(change(body!.ReadAsStringAsync().GetAwaiter().GetResult()), Encoding.UTF8, "application/json");
        return new(Method, change?.Invoke(path) ?? path) { Content = body };
    }
}

/// <summary>One route of the matrix.</summary>
/// <param name="Name">The endpoint's.</param>
/// <param name="Least">The lowest role that gets through.</param>
/// <param name="Scope">Of a key; null: no key gets through.</param>
/// <param name="Make">A request that succeeds once, made anew for each cell.</param>
/// <param name="Success">What it then answers.</param>
/// <param name="Undo">What makes the next cell possible after one that succeeded.</param>
/// <param name="Declares">The role the route declares, where its handler asks for more.</param>
internal sealed record Row(string Name, Role Least, string? Scope, Func<World, Task<Call>> Make, HttpStatusCode Success = HttpStatusCode.OK, bool Audited = false, Role? Declares = null, Func<World, Task>? Undo = null);

/// <summary>Every route of an organisation: a route that is not here fails the test.</summary>
internal static class Rows
{
    private const string Shared = "projects/flowers/share-links";
    private static readonly byte[] Zip = [0x50, 0x4B, 3, 4, 0];

    public static readonly Row[] All =
    [
        Get("GetOrganization", Scopes.OrgAdmin, _ => ""),
        Write("UpdateOrganization", Role.Owner, null, w => Task.FromResult<Call>(new(HttpMethod.Patch, "", new { name = w.Name("Org") }))),
        Get("PreviewOrganizationDeletion", null, _ => "deletion") with { Least = Role.Owner },
        Write("DeleteOrganization", Role.Owner, null, _ => Task.FromResult<Call>(new(HttpMethod.Delete, "")), HttpStatusCode.NoContent) with { Undo = w => w.Owner.Client.RestoreOrganizationAsync(w.OrgId, Cancel) },
        Get("ListDeletions", Scopes.OrgAdmin, _ => "deletions"),
        Write("RestoreDeletion", Role.Owner, null, async w => new(HttpMethod.Post, $"deletions/{await w.AddDeletionAsync()}/restore")),
        Get("ListMembers", Scopes.OrgAdmin, _ => "members"),
        Get("GetMember", Scopes.OrgAdmin, w => $"members/{w.Member}"),
        Write("UpdateMember", Role.Admin, null, async w => new(HttpMethod.Patch, $"members/{await w.AddMemberAsync(Role.Viewer)}", new { role = "editor" })),
        Write("RemoveMember", Role.Admin, null, async w => new(HttpMethod.Delete, $"members/{await w.AddMemberAsync(Role.Viewer)}"), HttpStatusCode.NoContent) with { Declares = Role.Viewer },
        Get("ListInvitations", null, _ => "invitations") with { Least = Role.Admin },
        Write("CreateInvitation", Role.Admin, null, _ => Task.FromResult<Call>(new(HttpMethod.Post, "invitations", new { role = "viewer" })), HttpStatusCode.Created),
        Write("RevokeInvitation", Role.Admin, null, async w => new(HttpMethod.Delete, $"invitations/{(await w.Owner.Client.CreateInvitationAsync(w.Owner.Org, new() { Role = "viewer" }, Cancel)).Id}"), HttpStatusCode.NoContent),
        Get("ListAudit", Scopes.OrgAdmin, _ => "audit") with { Least = Role.Admin },
        Get("ListKeys", null, _ => "keys") with { Least = Role.Admin },
        Write("CreateKey", Role.Admin, null, w => Task.FromResult<Call>(new(HttpMethod.Post, "keys", new { name = w.Name("key"), scopes = new[] { Scopes.Predict } })), HttpStatusCode.Created),
        Write("RevokeKey", Role.Admin, null, async w => new(HttpMethod.Delete, $"keys/{(await w.Owner.Client.CreateKeyAsync(w.Owner.Org, new() { Name = w.Name("key"), Scopes = [Scopes.Predict] }, Cancel)).Id}"), HttpStatusCode.NoContent),
        Get("ListWebhooks", Scopes.OrgAdmin, _ => "webhooks") with { Least = Role.Admin },
        Write("CreateWebhook", Role.Admin, Scopes.OrgAdmin, _ => Task.FromResult<Call>(new(HttpMethod.Post, "webhooks", new { url = World.Hook, events = new[] { "run.failed" } })), HttpStatusCode.Created),
        Get("GetWebhook", Scopes.OrgAdmin, w => $"webhooks/{w.Webhook}") with { Least = Role.Admin },
        Write("UpdateWebhook", Role.Admin, Scopes.OrgAdmin, w => Task.FromResult<Call>(new(HttpMethod.Patch, $"webhooks/{w.Webhook}", new { active = true }))),
        Write("DeleteWebhook", Role.Admin, Scopes.OrgAdmin, async w => new(HttpMethod.Delete, $"webhooks/{await w.AddWebhookAsync()}"), HttpStatusCode.NoContent),
        Write("RotateWebhookSecret", Role.Admin, Scopes.OrgAdmin, w => Task.FromResult<Call>(new(HttpMethod.Post, $"webhooks/{w.Webhook}/rotate"))),
        Write("TestWebhook", Role.Admin, Scopes.OrgAdmin, w => Task.FromResult<Call>(new(HttpMethod.Post, $"webhooks/{w.Webhook}/test")), HttpStatusCode.Accepted),
        Get("ListWebhookDeliveries", Scopes.OrgAdmin, w => $"webhooks/{w.Webhook}/deliveries") with { Least = Role.Admin },
        Write("RedeliverWebhookDelivery", Role.Admin, Scopes.OrgAdmin, w => Task.FromResult<Call>(new(HttpMethod.Post, $"webhooks/{w.Webhook}/deliveries/{w.Delivery}/redeliver")), HttpStatusCode.Accepted),
        Get("GetSubscription", Scopes.BillingRead, _ => "subscription"),
        Write("ChangeSubscription", Role.Owner, null, _ => Task.FromResult<Call>(new(HttpMethod.Put, "subscription", new { plan = "monthly" }))),
        Get("ListUsage", Scopes.BillingRead, _ => "usage"),
        Get("ListProjects", Scopes.DatasetsRead, _ => "projects"),
        Write("CreateProject", Role.Editor, Scopes.DatasetsWrite, w => Task.FromResult<Call>(new(HttpMethod.Post, "projects", new { name = w.Name("Project") })), HttpStatusCode.Created),
        Get("GetProject", Scopes.DatasetsRead, _ => "projects/flowers"),
        Write("UpdateProject", Role.Editor, Scopes.DatasetsWrite, w => Task.FromResult<Call>(new(HttpMethod.Patch, "projects/flowers", new { name = w.Name("Flowers") }))),
        Get("PreviewProjectDeletion", null, _ => "projects/flowers/deletion") with { Least = Role.Owner },
        Write("DeleteProject", Role.Owner, null, async w => new(HttpMethod.Delete, $"projects/{(await w.Owner.Client.CreateProjectAsync(w.Owner.Org, new() { Name = w.Name("gone") }, Cancel)).Slug}"), HttpStatusCode.NoContent),
        Get("ListDatasets", Scopes.DatasetsRead, _ => "datasets?project=flowers"),
        Write("CreateDataset", Role.Editor, Scopes.DatasetsWrite, w => Task.FromResult<Call>(new(HttpMethod.Post, "datasets", new { project = "flowers", name = w.Name("set") })), HttpStatusCode.Created),
        Get("GetDataset", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}"),
        Get("GetDatasetStats", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/stats"),
        Write("UpdateDataset", Role.Editor, Scopes.DatasetsWrite, w => Task.FromResult<Call>(new(HttpMethod.Patch, $"datasets/{w.Dataset}", new { name = w.Name("set") }))),
        Get("PreviewDatasetDeletion", null, w => $"datasets/{w.Dataset}/deletion") with { Least = Role.Owner },
        Write("DeleteDataset", Role.Owner, null, async w => new(HttpMethod.Delete, $"datasets/{(await w.Owner.Client.CreateDatasetAsync(w.Owner.Org, new() { Project = "flowers", Name = w.Name("gone") }, Cancel)).Id}"), HttpStatusCode.NoContent),
        Get("ListImports", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/imports"),
        Write("CreateImport", Role.Editor, Scopes.DatasetsWrite, w => Task.FromResult<Call>(new(HttpMethod.Post, $"datasets/{w.Dataset}/imports", new { name = "x.zip", size = 10 })), HttpStatusCode.Created),
        Write("UploadArchive", Role.Editor, Scopes.DatasetsWrite, w => Task.FromResult<Call>(new(HttpMethod.Put, $"datasets/{w.Dataset}/imports/x.zip", Bytes: Zip)), HttpStatusCode.Accepted),
        Get("GetImport", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/imports/{w.Import}"),
        Get("ListSkippedFiles", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/imports/{w.Import}/skipped"),
        Write("CancelImport", Role.Editor, Scopes.DatasetsWrite, async w => new(HttpMethod.Delete, $"datasets/{w.Dataset}/imports/{(await w.Owner.Client.CreateImportAsync(w.Owner.Org, w.Dataset, new() { Sample = "shapes" }, Cancel)).Id}"), HttpStatusCode.NoContent),
        Write("RetryImport", Role.Editor, Scopes.DatasetsWrite, async w => new(HttpMethod.Post, $"datasets/{w.Dataset}/imports/{await w.Owner.AddFailedImportAsync(w.Dataset)}/retry")),
        Get("ListVersions", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/versions"),
        Write("CreateVersion", Role.Editor, Scopes.DatasetsWrite, async w =>
        {
            await w.AddImageAsync();
            return new(HttpMethod.Post, $"datasets/{w.Dataset}/versions", new { seed = 1 });
        }, HttpStatusCode.Created),
        Get("GetVersion", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/versions/{w.Version}"),
        Get("GetManifest", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/versions/{w.Version}/manifest"),
        Get("ListImages", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/images"),
        Get("GetImage", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/images/{w.Image}"),
        Write("UpdateImage", Role.Editor, Scopes.DatasetsWrite, w => Task.FromResult<Call>(new(HttpMethod.Patch, $"datasets/{w.Dataset}/images/{w.Image}", new { split = "none" }))),
        Write("DeleteImage", Role.Editor, Scopes.DatasetsWrite, async w => new(HttpMethod.Delete, $"datasets/{w.Dataset}/images/{(await w.AddImageAsync()).Id}"), HttpStatusCode.NoContent),
        Get("GetImageContent", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/images/{w.Image}/content", HttpStatusCode.NotFound),
        Get("GetImageThumbnail", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/images/{w.Image}/thumbnail", HttpStatusCode.NotFound),
        Get("ListRuns", Scopes.RunsRead, _ => "runs"),
        Write("CreateRun", Role.Editor, Scopes.RunsWrite, w => Task.FromResult<Call>(new(HttpMethod.Post, "runs", new { project = "flowers", datasetVersion = w.Version, recipe = new { preset = "fast" } })), HttpStatusCode.Created),
        Get("GetRun", Scopes.RunsRead, w => $"runs/{w.Run}"),
        Write("UpdateRun", Role.Editor, Scopes.RunsWrite, w => Task.FromResult<Call>(new(HttpMethod.Patch, $"runs/{w.Run}", new { name = w.Name("run") }))),
        Write("DeleteRun", Role.Owner, null, async w =>
        {
            var run = await w.Owner.StartRunAsync(w.Version);
            await w.Owner.Client.CancelRunAsync(w.Owner.Org, run.Id, Cancel);
            return new(HttpMethod.Delete, $"runs/{run.Id}");
        }, HttpStatusCode.NoContent),
        Write("CancelRun", Role.Editor, Scopes.RunsWrite, async w => new(HttpMethod.Post, $"runs/{(await w.Owner.StartRunAsync(w.Version)).Id}/cancel")),
        Write("ResumeRun", Role.Editor, Scopes.RunsWrite, async w => new(HttpMethod.Post, $"runs/{await w.AddFailedRunAsync()}/resume"))
            with { Undo = w => w.CancelQueuedRunsAsync() },
        Get("GetMetrics", Scopes.RunsRead, w => $"runs/{w.Run}/metrics"),
        Get("GetLogs", Scopes.RunsRead, w => $"runs/{w.Run}/logs"),
        Get("ListModels", Scopes.ModelsRead, _ => "models"),
        Get("ListModelVersions", Scopes.ModelsRead, _ => "models/flowers/versions"),
        Get("GetModelVersion", Scopes.ModelsRead, _ => "models/flowers/versions/1"),
        Get("DownloadOnnx", Scopes.ModelsRead, _ => "models/flowers/versions/1/artefacts/core.onnx"),
        Get("DownloadManifest", Scopes.ModelsRead, _ => "models/flowers/versions/1/artefacts/model.json"),
        Get("ListTestPredictions", Scopes.ModelsRead, _ => "models/flowers/versions/1/predictions"),
        Get("ListWeights", Scopes.ModelsRead, _ => "weights?project=flowers"),
        Write("CreateWeights", Role.Editor, Scopes.ModelsWrite, w => Task.FromResult<Call>(new(HttpMethod.Post, "weights", new { project = "flowers", name = "resnet18.pth", size = 5 })), HttpStatusCode.Created),
        Get("GetWeights", Scopes.ModelsRead, w => $"weights/{w.Weights}"),
        Write("UploadWeights", Role.Editor, Scopes.ModelsWrite, async w => new(HttpMethod.Put, $"weights/{await w.AddWeightsAsync()}/content", Bytes: Zip), HttpStatusCode.Accepted),
        Write("RetryWeights", Role.Editor, Scopes.ModelsWrite, async w => new(HttpMethod.Post, $"weights/{await w.AddFailedWeightsAsync()}/retry")),
        Write("DeleteWeights", Role.Editor, Scopes.ModelsWrite, async w => new(HttpMethod.Delete, $"weights/{await w.AddWeightsAsync()}"), HttpStatusCode.NoContent),
        Get("ListDeployments", Scopes.DeploymentsRead, _ => "deployments"),
        Write("CreateDeployment", Role.Editor, Scopes.DeploymentsWrite, w => Task.FromResult<Call>(new(HttpMethod.Post, "deployments", new { project = "flowers", name = w.Name("shop"), model = "flowers", version = 1 })), HttpStatusCode.Accepted),
        Get("GetDeployment", Scopes.DeploymentsRead, _ => "deployments/flowers"),
        Write("UpdateDeployment", Role.Editor, Scopes.DeploymentsWrite, async w => new(HttpMethod.Patch, $"deployments/{await w.AddDeploymentAsync()}", new { version = 1 }), HttpStatusCode.Accepted),
        Write("DeleteDeployment", Role.Editor, Scopes.DeploymentsWrite, async w => new(HttpMethod.Delete, $"deployments/{await w.AddDeploymentAsync()}"), HttpStatusCode.NoContent),
        Get("ListShareLinks", null, _ => Shared),
        Write("CreateShareLink", Role.Editor, null, w => Task.FromResult<Call>(new(HttpMethod.Post, Shared, new { run = w.Run, days = 14 })), HttpStatusCode.Created),
        Write("RevokeShareLink", Role.Editor, null, async w => new(HttpMethod.Delete, $"{Shared}/{(await w.Owner.Client.CreateShareLinkAsync(w.Owner.Org, Planted.Project, new() { Run = w.Run }, Cancel)).Id}"), HttpStatusCode.NoContent),
        Get("ListActivity", Scopes.DatasetsRead, _ => "projects/flowers/activity"),
        // Every member may speak; what was said is changed by its author, here the owner, and taken back by an admin too.
        Get("ListRunComments", Scopes.RunsRead, w => $"runs/{w.Run}/comments"),
        Write("CreateRunComment", Role.Viewer, Scopes.RunsWrite, w => Task.FromResult<Call>(new(HttpMethod.Post, $"runs/{w.Run}/comments", new { text = w.Name("What about") })), HttpStatusCode.Created),
        Get("ListVersionComments", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/versions/{w.Version}/comments"),
        Write("CreateVersionComment", Role.Viewer, Scopes.DatasetsWrite, w => Task.FromResult<Call>(new(HttpMethod.Post, $"datasets/{w.Dataset}/versions/{w.Version}/comments", new { text = w.Name("What about") })), HttpStatusCode.Created),
        Get("ListModelComments", Scopes.ModelsRead, _ => "models/flowers/versions/1/comments"),
        Write("CreateModelComment", Role.Viewer, Scopes.ModelsWrite, w => Task.FromResult<Call>(new(HttpMethod.Post, "models/flowers/versions/1/comments", new { text = w.Name("What about") })), HttpStatusCode.Created),
        Get("GetComment", null, w => $"comments/{w.Comment}"),
        Write("UpdateComment", Role.Owner, null, w => Task.FromResult<Call>(new(HttpMethod.Patch, $"comments/{w.Comment}", new { text = w.Name("I meant") }))) with { Declares = Role.Viewer },
        Write("DeleteComment", Role.Admin, null, async w => new(HttpMethod.Delete, $"comments/{await w.AddCommentAsync()}"), HttpStatusCode.NoContent) with { Declares = Role.Viewer },
        Get("ListMentions", null, _ => "mentions"),
        Get("CountUnreadMentions", null, _ => "mentions/unread"),
        new("ReadMentions", Role.Viewer, null, w => Task.FromResult<Call>(new(HttpMethod.Post, "mentions/read", new { mention = w.Comment }))),
        // Nothing is loaded: whoever may ask hears that it is not live.
        new("Predict", Role.Viewer, Scopes.Predict, _ => Task.FromResult<Call>(new(HttpMethod.Post, "deployments/flowers/predict", Bytes: [1])), HttpStatusCode.ServiceUnavailable),
    ];

    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static Row Get(string name, string? scope, Func<World, string> path, HttpStatusCode success = HttpStatusCode.OK) => new(name, Role.Viewer, scope, w => Task.FromResult<Call>(new(HttpMethod.Get, path(w))), success);

    private static Row Write(string name, Role least, string? scope, Func<World, Task<Call>> make, HttpStatusCode success = HttpStatusCode.OK) => new(name, least, scope, make, success, Audited: true);
}
