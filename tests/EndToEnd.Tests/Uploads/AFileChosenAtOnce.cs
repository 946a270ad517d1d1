using System.IO.Compression;
using GpuGeek.EndToEnd.Tests.Story;
using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Uploads;

/// <summary>
/// Before, a file that was chosen on the page as the server had drawn it, before its script listened, was lost without a word.
/// </summary>
[Collection(StoryScenarios.Pages)]
public sealed class AFileChosenAtOnce(FlowersStory story, Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_slow_connection_is_sent_however_early_it_is_chosen()
    {
        var told = await story.ToldAsync(chromium);
        var project = await told.Account.Api.CreateProjectAsync(told.Account.Org, new() { Name = "Chosen at once" }, Cancel);
        using var folder = new TemporaryFolder();
        var archive = folder.At("early.zip");
        await using (var zip = await ZipFile.OpenAsync(archive, ZipArchiveMode.Create, Cancel))
        await using (var file = await zip.CreateEntry("roses/a.txt").OpenAsync(Cancel))
            await file.WriteAsync("no picture"u8.ToArray(), Cancel);

        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        await SlowLine.OfAsync(page);
        var chosen = false;
        page.FileChooser += async (_, chooser) =>
        {
            chosen = true;
            await chooser.SetFilesAsync(archive);
        };
        await page.GotoAsync($"/{told.Account.Org}/{project.Slug}/data", new() { WaitUntil = WaitUntilState.Commit });
        // As an impatient person does: again and again, until the browser asks for a file.
        while (!chosen)
        {
            await page.GetByText("Choose a ZIP").ClickAsync(new() { Force = true });
            await page.WaitForTimeoutAsync(30);
        }
        await Expect(page.GetByText("early.zip").First).ToBeVisibleAsync();
    }
}
