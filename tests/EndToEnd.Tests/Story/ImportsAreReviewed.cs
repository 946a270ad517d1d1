using System.IO.Compression;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>Somebody uploads pictures of which some are there already, and a table beside an archive; then restores a version.</summary>
[Collection(StoryScenarios.Pages)]
public sealed class ImportsAreReviewed(FlowersStory story, Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static FilePayload Zip(string name, params (string Path, byte[] Bytes)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (path, bytes) in files)
                using (var entry = zip.CreateEntry(path).Open())
                    entry.Write(bytes);
        return new()
        {
            Name = name,
            MimeType = "application/zip",
            Buffer = stream.ToArray(),
        };
    }

    private static byte[] Photograph(int number)
    {
        using var archive = ZipFile.OpenRead(SharedData.FlowersZip!);
        using var entry = archive.Entries.Where(e => e.FullName.EndsWith(".jpg", StringComparison.Ordinal)).ElementAt(number).Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    [Fact]
    public async Task Before_they_change_anything_and_a_version_brings_back_what_was()
    {
        var told = await story.ToldAsync(chromium);
        var account = told.Account;
        var (project, version) = await account.ShapesAsync("Reviewed");
        var (api, org, dataset) = (account.Api, account.Org, version.Dataset);
        var label = version.Classes[0];
        var there = (await api.ListImagesAsync(org, dataset, label, limit: 1, ct: Cancel)).Items;
        using var http = account.Platform.Http(account.Token);
        var known = await http.GetByteArrayAsync(there[0].Content[1..], Cancel);
        await using var person = await chromium.NewPersonAsync(account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync($"/{org}/{project}/data");
        await Expect(page.GetByText("600 images").First).ToBeVisibleAsync();

        // One picture has another class now, and one has no label.
        await page.Locator("#archive")
            .SetInputFilesAsync(
                Zip(
                    "more.zip",
                    ($"{version.Classes[1]}/again.png", known),
                    ($"{label.ToUpperInvariant()}s/a.jpg", Photograph(1)),
                    ("b.jpg", Photograph(2))
                )
            );
        var review = page.GetByTestId("review");
        await Expect(review).ToContainTextAsync("New pictures: 2");
        await Expect(review.GetByRole(AriaRole.Combobox)).ToHaveValueAsync(label);
        await review.GetByLabel("Replace").CheckAsync();
        await review.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        await Expect(page.GetByText("602 images").First).ToBeVisibleAsync();
        await Expect(page.GetByText("3 pictures imported")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "No label" }).ClickAsync();
        await Expect(page.GetByTestId("matching")).ToHaveTextAsync("1 image");
        Assert.Equal(version.Classes[1], (await api.GetImageAsync(org, dataset, there[0].Id, Cancel)).Class);

        // A table beside an archive.
        await page.Locator("#archive")
            .SetInputFilesAsync([
                Zip("plain.zip", ("c.jpg", Photograph(3)), ("d.jpg", Photograph(4))),
                new()
                {
                    Name = "labels.csv",
                    MimeType = "text/csv",
                    Buffer = System.Text.Encoding.UTF8.GetBytes($"filename,label\nc.jpg,{label}\nd.jpg,{version.Classes[1]}\n"),
                },
            ]);
        await Expect(page.GetByText("plain.zip + labels.csv")).ToBeVisibleAsync();
        await Expect(page.GetByText("604 images").First).ToBeVisibleAsync();

        // Back to the version: what came since is put aside.
        await page.Locator(".versions").GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await Expect(page.GetByText("Pictures as in the version: 600")).ToBeVisibleAsync();
        await Expect(page.GetByText("600 images").First).ToBeVisibleAsync();
        var again = await api.CreateVersionAsync(org, dataset, new() { Seed = 99 }, Cancel);
        Assert.Equal(version.ManifestHash, again.ManifestHash);
        Assert.Equal(4, (await api.GetDatasetStatsAsync(org, dataset, Cancel)).Archived);
        complaints.AssertNone();
    }
}
