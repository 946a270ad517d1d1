using System.IO.Compression;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Contracts.Runs;
using GpuGeek.Contracts.Webhooks;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>The results of the main workflow, which later scenarios use.</summary>
/// <param name="Cookies">The browser's, signed in.</param>
/// <param name="Invitation">Token of an open one.</param>
/// <param name="Shown">Probabilities that the page showed for the photograph, by class.</param>
public sealed record Told(
    Account Account,
    string Cookies,
    string Project,
    Guid Dataset,
    RunResponse Run,
    DeploymentResponse Deployment,
    byte[] Photo,
    string Label,
    IReadOnlyDictionary<string, double> Shown,
    IReadOnlyDictionary<string, string> Snippets,
    string Key,
    string Invitation,
    Guid Webhook,
    Colleague Cleo
);

/// <summary>
/// A person with photographs and no account goes from the setup link to a prediction, in the browser. It runs once: every later scenario
/// uses its result, and belongs to one of the groups of <see cref="StoryScenarios"/>.
/// </summary>
public sealed class FlowersStory : IAsyncLifetime
{
    private readonly Lock _telling = new();
    private Task<Told>? _told;
    private RunningPlatform? _platform;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public Task<Told> ToldAsync(Chromium chromium)
    {
        Assert.SkipWhen(SharedData.FlowersZip is null, "The photographs (../shared/data/flowers5.zip) are not here.");
        Assert.SkipWhen(SharedData.WeightsFolder is null, "The pretrained weights (../shared/weights) are not here.");
        lock (_telling)
            return _told ??= TellAsync(chromium);
    }

    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
            await _platform.DisposeAsync();
    }

    private async Task<Told> TellAsync(Chromium chromium)
    {
        _platform = await RunningPlatform.StartAsync(fromNothing: true);
        await using var person = await chromium.NewPersonAsync(_platform.BaseAddress);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        var road = new Road(page);

        await road.RegisterAsync(_platform.Link, Account.Email, Account.Password);
        await road.CreateProjectAsync("Flowers");
        await road.UploadAsync(SharedData.FlowersZip!, "1,500 pictures imported");
        await road.CreateVersionAsync(50, 10, 40);
        await road.TrainFastAsync();
        var points = await road.WatchTheCurveGrowAsync();
        TestContext.Current.SendDiagnosticMessage($"points seen without reloading: {string.Join(' ', points)}");
        await road.WaitForTheResultAsync();

        var account = await Account.SignInAsync(_platform);
        var run = await account.Api.GetRunAsync(account.Org, Guid.Parse(page.Url[(page.Url.LastIndexOf('/') + 1)..]));
        await road.DeployAsync();
        var photo = Photograph();
        var (label, shown) = await road.DropAsync(photo);
        var (snippets, key) = await road.ReadSnippetsAsync();
        complaints.AssertNone();

        var deployment = await account.Api.GetDeploymentAsync(account.Org, page.Url[(page.Url.LastIndexOf('/') + 1)..]);
        var invitation = await account.Api.CreateInvitationAsync(account.Org, new() { Role = "viewer", Email = "cleo@example.org" });
        var dataset = (await account.Api.ListDatasetsAsync(account.Org, run.Project)).Items[0].Id;
        // A name that leads nowhere: what is sent to it fails, which the page must show too.
        var webhook = await account.Api.CreateWebhookAsync(
            account.Org,
            new() { Url = "https://hooks.example.org/gpugeek", Events = WebhookEventTypes.All }
        );
        await account.Api.TestWebhookAsync(account.Org, webhook.Id);
        // One that fits, and one beside a network that it was not made for.
        var squeezenet = Path.GetFileName(Directory.GetFiles(SharedData.WeightsFolder!, "squeezenet1_0-*.pth")[0]);
        await account.SendWeightsAsync(run.Project, squeezenet, "squeezenet1_1");
        await account.SendWeightsAsync(run.Project, squeezenet);
        await account.Api.SaveRecipeAsync(
            account.Org,
            new()
            {
                Name = "longer",
                Recipe = new() { Preset = "balanced", ["budget.epochs"] = 12 },
                Note = "More than twice the epochs",
            }
        );
        var old = await account.Api.CreateProjectAsync(account.Org, new() { Name = "Old pictures" });
        await account.Api.DeleteProjectAsync(account.Org, old.Slug);
        var cleo = await Colleague.JoinAsync(account, run);
        return new(
            account,
            await person.StorageStateAsync(),
            run.Project,
            dataset,
            run,
            deployment,
            photo,
            label,
            shown,
            snippets,
            key,
            invitation.Url[(invitation.Url.IndexOf('#', StringComparison.Ordinal) + 1)..],
            webhook.Id,
            cleo
        );
    }

    /// <summary>A daisy out of the archive.</summary>
    private static byte[] Photograph()
    {
        using var archive = ZipFile.OpenRead(SharedData.FlowersZip!);
        using var entry = archive.Entries.First(e => e.FullName.EndsWith(".jpg", StringComparison.Ordinal)).Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }
}
