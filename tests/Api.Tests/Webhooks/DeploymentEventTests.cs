using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Deployments;
using GpuGeek.Api.Tests.Support;
using GpuGeek.TestSupport;

namespace GpuGeek.Api.Tests.Webhooks;

[Collection(nameof(HostedModels))]
public sealed class EventsOfADeployment(HostedModels hosted)
{
    private readonly ApiApplication _app = hosted.Listening.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task Are_sent_when_it_goes_live_or_fails_but_not_when_Predictor_restarts()
    {
        var (owner, _, data) = await _app.RegisterWithVersionAsync();
        await owner.AddModelVersionAsync(data.Id);
        var refused = await owner.AddModelVersionAsync(data.Id);
        var hook = await owner.Client.CreateWebhookAsync(
            owner.Org,
            new() { Url = "https://93.184.216.34/hook", Events = ["deployment.live", "deployment.failed"] },
            Cancel
        );
        await owner.Client.CreateDeploymentAsync(
            owner.Org,
            new()
            {
                Project = "flowers",
                Name = "shop",
                Model = "flowers",
                Version = 1,
            },
            Cancel
        );
        await owner.Client.GetDeploymentAsync(owner.Org, "shop", 60, Cancel);
        Assert.Equal(["deployment.live"], await ToldAsync());

        var deployment = Guid.Parse((string)(await PayloadAsync())["deployment"]!);
        hosted.Predictor.Forget();
        await Eventually.HoldsAsync(
            () => hosted.Predictor.Loaded.Keys,
            keys => keys.Any(k => k.EndsWith($"{deployment:N}", StringComparison.Ordinal))
        );

        hosted.Predictor.Refused["sha256:" + refused.OnnxHash] = new("model_refused", "The file is no ONNX model.", "Train it again.");
        await owner.Client.UpdateDeploymentAsync(owner.Org, "shop", new() { Version = 2 }, Cancel);
        await owner.Client.GetDeploymentAsync(owner.Org, "shop", 60, Cancel);
        Assert.Equal(["deployment.live", "deployment.failed"], await ToldAsync());
        Assert.Equal(
            ("shop", "failed", "model_refused"),
            (
                (string)(await PayloadAsync())["name"]!,
                (string)(await PayloadAsync())["state"]!,
                (string)(await PayloadAsync())["errorCode"]!
            )
        );

        async Task<string[]> ToldAsync() =>
            [.. (await owner.Client.ListWebhookDeliveriesAsync(owner.Org, hook.Id, ct: Cancel)).Items.Reverse().Select(d => d.Type)];
        async Task<JsonNode> PayloadAsync() =>
            JsonNode.Parse((await owner.Client.ListWebhookDeliveriesAsync(owner.Org, hook.Id, ct: Cancel)).Items[0].Payload)!["data"]!;
    }
}
