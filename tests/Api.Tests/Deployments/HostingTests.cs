using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.TestSupport;

namespace GpuGeek.Api.Tests.Deployments;

[Collection(nameof(HostedModels))]
public sealed class HostingAModel(HostedModels hosted)
{
    private readonly ApiApplication _app = hosted.Listening.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<(TenantSession Session, ModelVersion First, ModelVersion Second, string Name)> LiveAsync()
    {
        var (session, _, data) = await _app.RegisterWithVersionAsync();
        var (first, second) = (await session.AddModelVersionAsync(data.Id), await session.AddModelVersionAsync(data.Id));
        await session.Client.CreateDeploymentAsync(
            session.Org,
            new()
            {
                Project = "flowers",
                Name = "shop",
                Model = "flowers",
                Version = 1,
            },
            Cancel
        );
        var live = await session.Client.GetDeploymentAsync(session.Org, "shop", 60, Cancel);
        Assert.Equal(("live", 1), (live.State, live.LiveVersion));
        return (session, first, second, "shop");
    }

    private async Task<ModelManifest?> LoadedAsync(TenantSession session)
    {
        var org = $"{await session.OrgIdAsync():N}";
        return hosted.Predictor.Loaded.FirstOrDefault(l => l.Key.StartsWith(org, StringComparison.Ordinal)).Value;
    }

    private static async Task<int> AnsweringAsync(TenantSession session, string name) =>
        (await session.Client.PredictAsync(session.Org, name, "a rose"u8.ToArray(), ct: Cancel)).Model.Version;

    [Fact]
    public async Task It_starts_and_then_it_is_live()
    {
        var (session, _, data) = await _app.RegisterWithVersionAsync();
        await session.AddModelVersionAsync(data.Id);
        var created = await session.Client.CreateDeploymentAsync(
            session.Org,
            new()
            {
                Project = "flowers",
                Name = "shop",
                Model = "flowers",
                Version = 1,
            },
            Cancel
        );
        Assert.Equal(("starting", 1, null), (created.State, created.Version, created.LiveVersion));
        Assert.Equal($"http://gpugeek.test/api/v1/orgs/{session.Org}/deployments/shop/predict", created.Url);
        var live = await session.Client.GetDeploymentAsync(session.Org, "shop", 60, Cancel);
        Assert.Equal(("live", 1, 224, null), (live.State, live.LiveVersion, live.InputSize, live.Error));
        Assert.Equal(["daisy", "rose"], live.Classes);
        Assert.Equal("shop", Assert.Single((await session.Client.ListDeploymentsAsync(session.Org, "flowers", Cancel)).Items).Name);
        Assert.Equal(1, (await session.Client.GetProjectAsync(session.Org, "flowers", Cancel)).LiveDeployments);
    }

    [Fact]
    public async Task Another_version_takes_over()
    {
        var (session, _, second, name) = await LiveAsync();
        Assert.Equal(1, await AnsweringAsync(session, name));
        var updated = await session.Client.UpdateDeploymentAsync(session.Org, name, new() { Version = 2 }, Cancel);
        Assert.Equal(2, updated.Version);
        var live = await session.Client.GetDeploymentAsync(session.Org, name, 60, Cancel);
        Assert.Equal(("live", 2), (live.State, live.LiveVersion));
        Assert.Equal(2, await AnsweringAsync(session, name));
        Assert.Equal("sha256:" + second.OnnxHash, (await LoadedAsync(session))!.OnnxHash);
    }

    [Fact]
    public async Task A_version_that_cannot_be_loaded_fails_and_the_previous_one_keeps_serving()
    {
        var (session, _, second, name) = await LiveAsync();
        hosted.Predictor.Refused["sha256:" + second.OnnxHash] = new("model_refused", "The file is no ONNX model.", "Train it again.");
        await session.Client.UpdateDeploymentAsync(session.Org, name, new() { Version = 2 }, Cancel);
        var failed = await session.Client.GetDeploymentAsync(session.Org, name, 60, Cancel);
        Assert.Equal(("failed", 2, 1), (failed.State, failed.Version, failed.LiveVersion));
        Assert.Equal(
            ("model_refused", "The file is no ONNX model.", "Train it again."),
            (failed.Error!.Code, failed.Error.Detail, failed.Error.Hint)
        );
        Assert.Equal(1, await AnsweringAsync(session, name));
        await session.Client.UpdateDeploymentAsync(session.Org, name, new() { Version = 1 }, Cancel);
        var back = await session.Client.GetDeploymentAsync(session.Org, name, 60, Cancel);
        Assert.Equal(("live", null), (back.State, back.Error));
    }

    [Fact]
    public async Task After_a_restart_of_the_predictor_everything_is_loaded_again()
    {
        var (session, first, second, name) = await LiveAsync();
        hosted.Predictor.Forget();
        await Eventually.HoldsAsync(() => LoadedAsync(session), loaded => loaded?.OnnxHash == "sha256:" + first.OnnxHash);
        Assert.Equal(1, await AnsweringAsync(session, name));
        hosted.Predictor.Refused["sha256:" + second.OnnxHash] = new("model_refused", "No.");
        await session.Client.UpdateDeploymentAsync(session.Org, name, new() { Version = 2 }, Cancel);
        Assert.Equal("failed", (await session.Client.GetDeploymentAsync(session.Org, name, 60, Cancel)).State);
        hosted.Predictor.Forget();
        await Eventually.HoldsAsync(() => LoadedAsync(session), loaded => loaded?.OnnxHash == "sha256:" + first.OnnxHash);
    }

    [Fact]
    public async Task Refused_after_a_restart_it_is_tried_until_it_is_taken()
    {
        var (session, first, _, name) = await LiveAsync();
        hosted.Predictor.Refused["sha256:" + first.OnnxHash] = new("model_refused", "Not now.");
        hosted.Predictor.Forget();
        await Eventually.HoldsAsync(() => session.Client.GetDeploymentAsync(session.Org, name, ct: Cancel), seen => seen.State == "failed");
        Assert.Equal("deployment_not_live", (await Answers.RefusedAsync(() => AnsweringAsync(session, name))).Code);
        hosted.Predictor.Refused.Clear();
        await Eventually.HoldsAsync(
            () => session.Client.GetDeploymentAsync(session.Org, name, ct: Cancel),
            seen => seen is { State: "live", Error: null }
        );
        Assert.Equal(1, await AnsweringAsync(session, name));
    }

    [Fact]
    public async Task Deleted_it_is_unloaded_and_answers_no_more()
    {
        var (session, _, _, name) = await LiveAsync();
        for (var i = 0; i < 2; i++)
            await session.Client.DeleteDeploymentAsync(session.Org, name, Cancel);
        await Eventually.HoldsAsync(() => LoadedAsync(session), loaded => loaded is null);
        Assert.Equal(HttpStatusCode.NotFound, (await Answers.RefusedAsync(() => AnsweringAsync(session, name))).Status);
    }

    [Fact]
    public async Task A_version_whose_file_is_missing_reports_it()
    {
        var (session, _, second, name) = await LiveAsync();
        await _app.Store().DeleteAsync(Domain.Storage.ObjectKeys.Content(second.OrgId, second.OnnxHash), Cancel);
        await session.Client.UpdateDeploymentAsync(session.Org, name, new() { Version = 2 }, Cancel);
        var failed = await session.Client.GetDeploymentAsync(session.Org, name, 60, Cancel);
        Assert.Equal(("failed", "model_file_missing", 1), (failed.State, failed.Error!.Code, failed.LiveVersion));
    }

    [Fact]
    public async Task A_version_whose_file_is_damaged_reports_it()
    {
        var (session, _, second, name) = await LiveAsync();
        await File.AppendAllTextAsync(
            Path.Combine(_app.ObjectsFolder, Domain.Storage.ObjectKeys.Content(second.OrgId, second.OnnxHash)),
            "x",
            Cancel
        );
        await session.Client.UpdateDeploymentAsync(session.Org, name, new() { Version = 2 }, Cancel);
        var failed = await session.Client.GetDeploymentAsync(session.Org, name, 60, Cancel);
        Assert.Equal(("failed", "model_file_damaged", 1), (failed.State, failed.Error!.Code, failed.LiveVersion));
    }

    [Fact]
    public async Task What_cannot_be_hosted_is_refused()
    {
        var (session, _, _, _) = await LiveAsync();
        Task<DeploymentResponse> Create(string name, string model, int version, string project = "flowers") =>
            session.Client.CreateDeploymentAsync(
                session.Org,
                new()
                {
                    Project = project,
                    Name = name,
                    Model = model,
                    Version = version,
                },
                Cancel
            );
        var taken = await Answers.RefusedAsync(() => Create("shop", "flowers", 1));
        Assert.Equal((HttpStatusCode.Conflict, "name_taken"), (taken.Status, taken.Code));
        Assert.Equal("unknown_model_version", (await Answers.RefusedAsync(() => Create("x", "flowers", 3))).Code);
        Assert.Equal("unknown_model_version", (await Answers.RefusedAsync(() => Create("x", "trees", 1))).Code);
        Assert.Equal("unknown_project", (await Answers.RefusedAsync(() => Create("x", "flowers", 1, "nowhere"))).Code);
        Assert.Equal(HttpStatusCode.BadRequest, (await Answers.RefusedAsync(() => Create("Not A Slug", "flowers", 1))).Status);
        Assert.Equal(
            "unknown_model_version",
            (
                await Answers.RefusedAsync(() => session.Client.UpdateDeploymentAsync(session.Org, "shop", new() { Version = 9 }, Cancel))
            ).Code
        );
    }
}
