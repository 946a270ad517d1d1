using GpuGeek.Contracts.Datasets;
using GpuGeek.EndToEnd.Tests.Support;

namespace GpuGeek.EndToEnd.Tests.Story;

[Collection(StoryScenarios.Pages)]
public sealed class AVersionGoesRound(FlowersStory story, Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Downloaded_and_imported_elsewhere_it_has_the_same_hash()
    {
        var told = await story.ToldAsync(chromium);
        var account = told.Account;
        var (api, org) = (account.Api, account.Org);
        var version = (await api.ListVersionsAsync(org, told.Dataset, Cancel)).Items.MaxBy(v => v.Number)!;
        var archive = await api.GetVersionArchiveAsync(org, told.Dataset, version.Id, keepsMetadata: true, Cancel);

        // Nobody's client: the address is enough.
        using var anybody = account.Platform.Http(null);
        await using var bytes = await anybody.GetStreamAsync(new Uri(archive.Url).PathAndQuery[1..], Cancel);
        var project = await api.CreateProjectAsync(org, new() { Name = "Round" }, Cancel);
        var second = await api.CreateDatasetAsync(org, new() { Project = project.Slug, Name = "round" }, Cancel);
        var import = await account.ImportedAsync(second.Id, await api.UploadAsync(org, second.Id, "round.zip", bytes, Cancel));
        Assert.Equal((version.ImageCount, 0), (import.Accepted, import.Skipped));

        // Other shares and another seed: the table has set all splits.
        var request = new CreateVersionRequest { Split = new(0.5, 0.25, 0.25), Seed = 99 };
        var again = await api.CreateVersionAsync(org, second.Id, request, Cancel);
        Assert.Equal(version.ManifestHash, again.ManifestHash);
    }
}
