using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using Table = GpuGeek.TestSupport.Platform.Processes;

namespace GpuGeek.EndToEnd.Tests.Uploads;

/// <summary>Before, an upload was forgotten on a click elsewhere, and began at its first byte after every interruption.</summary>
public sealed class AnUploadThatGoesOn(Chromium chromium)
{
    /// <summary>So slow that the archive needs most of a minute: whatever a busy machine does, it is never done in between.</summary>
    private const int BytesPerSecond = 400_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Survives_a_click_elsewhere_a_killed_server_and_a_reload_and_arrives_whole()
    {
        Assert.SkipWhen(SharedData.FlowersZip is null, "The photographs (../shared/data/flowers5.zip) are not here.");
        await using var platform = await RunningPlatform.StartAsync();
        var account = await Account.RegisterAsync(platform);
        var project = await account.Api.CreateProjectAsync(account.Org, new() { Name = "Flowers" }, Cancel);
        await using var person = await chromium.NewPersonAsync(platform.BaseAddress);
        var page = await person.NewPageAsync();
        await SignInAsync(page);
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();
        await page.GotoAsync($"/{account.Org}/{project.Slug}/data");
        var line = await SlowAsync(page, BytesPerSecond);
        await page.Locator("#archive").SetInputFilesAsync(SharedData.FlowersZip!);
        var inRail = page.GetByTestId("rail-upload");
        await Expect(inRail).ToContainTextAsync("flowers5.zip");

        // Elsewhere in the app it goes on, and so it does when the server is killed.
        await page.GetByRole(AriaRole.Link, new() { Name = "All projects" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/{account.Org}$"));
        var dataset = Assert.Single((await account.Api.ListDatasetsAsync(account.Org, project.Slug, Cancel)).Items).Id;
        await Expect(inRail.GetByRole(AriaRole.Progressbar)).Not.ToHaveAttributeAsync("aria-valuenow", "0");
        Table.Signal(Table.Host(platform, "Api"), "KILL");
        await Eventually.HoldsAsync(() => ReceivedAsync(account, dataset), received => received is not null);
        // For some seconds the front door also takes bytes that nobody receives: for the killed server, and while the upload still belongs
        // to that server's request. They are less than a third.
        await Eventually.HoldsAsync(() => ProgressAsync(inRail), percent => percent >= 33);

        // After a reload the page shows what has arrived, and the same file goes on from there.
        await page.GotoAsync($"/{account.Org}/{project.Slug}/data");
        var waiting = page.GetByTestId("waiting-upload");
        await Expect(waiting).ToContainTextAsync("Choose flowers5.zip again to resume where it stopped.");
        await Expect(inRail).ToHaveCountAsync(0);
        await Eventually.HoldsAsync(() => ReceivedAsync(account, dataset), received => received > 0);
        await SlowAsync(page, -1, line);
        await page.Locator("#archive").SetInputFilesAsync(SharedData.FlowersZip!);
        await Expect(waiting).ToHaveCountAsync(0);
        var import = Assert.Single((await account.Api.ListImportsAsync(account.Org, dataset, Cancel)).Items);
        import = await account.ImportedAsync(dataset, import);
        Assert.Equal((1500, 0), (import.Accepted, import.Skipped));
        await Expect(page.GetByText("1,500 images").First).ToBeVisibleAsync();
        await Expect(inRail).ToHaveCountAsync(0);
    }

    /// <returns>In percent; null: the line waits for its connection.</returns>
    private static async Task<int?> ProgressAsync(ILocator inRail)
    {
        var bar = inRail.GetByRole(AriaRole.Progressbar);
        return await bar.CountAsync() > 0 && int.TryParse(await bar.GetAttributeAsync("aria-valuenow"), out var percent) ? percent : null;
    }

    private static async Task<long?> ReceivedAsync(Account account, Guid dataset)
    {
        try
        {
            return Assert.Single((await account.Api.ListImportsAsync(account.Org, dataset, Cancel)).Items).Received;
        }
        catch (Exception away) when (away is HttpRequestException or Contracts.Client.ApiException)
        {
            // The server is starting again.
            return null;
        }
    }

    private static async Task SignInAsync(IPage page)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Email").FillAsync(Account.Email);
        await page.GetByLabel("Password").FillAsync(Account.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
    }

    private static async Task<ICDPSession> SlowAsync(IPage page, int bytesPerSecond, ICDPSession? line = null)
    {
        line ??= await page.Context.NewCDPSessionAsync(page);
        await line.SendAsync("Network.enable");
        await line.SendAsync(
            "Network.emulateNetworkConditions",
            new()
            {
                ["offline"] = false,
                ["latency"] = 0,
                ["downloadThroughput"] = -1,
                ["uploadThroughput"] = bytesPerSecond,
            }
        );
        return line;
    }
}
