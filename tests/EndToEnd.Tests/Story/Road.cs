using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>The steps of a person in the browser, with the mouse and the keyboard.</summary>
internal sealed class Road(IPage page)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Minutes = new() { Timeout = 300_000 };

    private ILocator Button(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private ILocator Link(string name) => page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    private ILocator RunView => page.GetByTestId("run");

    public async Task RegisterAsync(string link, string email, string password)
    {
        await page.GotoAsync(link);
        await page.GetByLabel("Your name").FillAsync("Ada");
        await page.GetByLabel("Organisation").FillAsync("Acme");
        await page.GetByLabel("Email").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(password);
        await Button("Set up").ClickAsync();
        await Expect(page.GetByText("Start with a question your pictures can answer")).ToBeVisibleAsync();
    }

    public async Task CreateProjectAsync(string name)
    {
        await Button("New project").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Name").FillAsync(name);
        await Button("Create project").ClickAsync();
        await page.WaitForURLAsync("**/data");
    }

    public async Task UploadAsync(string archive, string outcome)
    {
        await CanChooseFilesAsync(page);
        var chooser = await page.RunAndWaitForFileChooserAsync(() => page.GetByText("Choose a ZIP").ClickAsync());
        await chooser.SetFilesAsync(archive);
        await Expect(page.GetByText(outcome).First).ToBeVisibleAsync(Minutes);
        await Expect(page.Locator("img[src*=thumbnail]").First).ToBeVisibleAsync();
    }

    /// <summary>The page's script listens.</summary>
    public static Task CanChooseFilesAsync(IPage page) =>
        page.Locator("input[type=file][data-attached]").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });

    public async Task CreateVersionAsync(int train, int val, int test)
    {
        await Button("Create version").First.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Train", new() { Exact = true }).FillAsync(train.ToString(CultureInfo.InvariantCulture));
        await dialog.GetByLabel("Validation", new() { Exact = true }).FillAsync(val.ToString(CultureInfo.InvariantCulture));
        await dialog.GetByLabel("Test", new() { Exact = true }).FillAsync(test.ToString(CultureInfo.InvariantCulture));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create version" }).ClickAsync();
        await Link("Train on it").ClickAsync();
        await page.WaitForURLAsync("**/runs/new**");
    }

    public async Task TrainFastAsync()
    {
        await Expect(page.GetByRole(AriaRole.Radio, new() { Name = "Fast" })).ToBeCheckedAsync();
        await Expect(page.Locator("pre.code")).ToContainTextAsync("mobilenet_v2");
        await Button("Start training").ClickAsync();
        await page.WaitForURLAsync(url => Guid.TryParse(url[(url.LastIndexOf('/') + 1)..], out _));
        await Expect(RunView).ToBeVisibleAsync();
    }

    /// <returns>Counts of points that the page had, each larger than the one before, while it was never loaded again; fewer than three
    /// where the training was over sooner.</returns>
    public async Task<IReadOnlyList<int>> WatchTheCurveGrowAsync()
    {
        await page.EvaluateAsync("window.neverReloaded = true");
        var seen = new List<int>();
        while (seen.Count < 3)
        {
            var more = seen.Count == 0 ? 0 : seen[^1];
            await page.WaitForFunctionAsync(
                "more => Number(document.querySelector('[data-testid=run]').dataset.points) > more || (more > 0 && "
                    + "document.querySelector('[data-testid=accuracy]') !== null)",
                more,
                new() { Timeout = 180_000 }
            );
            var now = await PointsAsync();
            if (now == more)
                break;
            seen.Add(now);
        }
        Assert.NotEmpty(seen);
        Assert.True(await page.EvaluateAsync<bool>("window.neverReloaded === true"));
        return seen;
    }

    public async Task<int> PointsAsync() => int.Parse(await RunView.GetAttributeAsync("data-points") ?? "0", CultureInfo.InvariantCulture);

    public async Task WaitForTheResultAsync()
    {
        await Expect(page.GetByTestId("accuracy")).ToBeVisibleAsync(Minutes);
        await Expect(page.GetByTestId("strip")).ToContainTextAsync("succeeded");
        Assert.True(await page.EvaluateAsync<bool>("window.neverReloaded === true"));
    }

    public async Task DeployAsync()
    {
        await Link("Deploy").Last.ClickAsync();
        await page.WaitForURLAsync("**/deployments?**");
        await Button("Deploy").ClickAsync();
        await Expect(page.Locator(".badge", new() { HasText = "live" }).Last).ToBeVisibleAsync(Minutes);
        await Expect(page.GetByTestId("picture")).ToBeEnabledAsync();
    }

    public async Task<(string Label, IReadOnlyDictionary<string, double> Probabilities)> DropAsync(byte[] photo)
    {
        var transfer = await page.EvaluateHandleAsync(
            """
            bytes => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], 'photo.jpg', { type: 'image/jpeg' }));
              return transfer;
            }
            """,
            Convert.ToBase64String(photo)
        );
        await page.Locator(".tryzone .dropzone[data-attached]").DispatchEventAsync("drop", new { dataTransfer = transfer });
        await Expect(page.GetByTestId("label")).ToBeVisibleAsync();
        var probabilities = new Dictionary<string, double>();
        foreach (var row in await page.Locator(".bars li").AllAsync())
            probabilities.Add(
                await row.Locator("span").First.InnerTextAsync(),
                double.Parse((await row.GetByTestId("probability").GetAttributeAsync("data-value"))!, CultureInfo.InvariantCulture)
            );
        return (await page.GetByTestId("label").InnerTextAsync(), probabilities);
    }

    public async Task<(IReadOnlyDictionary<string, string> Snippets, string Key)> ReadSnippetsAsync()
    {
        var snippets = new Dictionary<string, string>();
        foreach (var language in (string[])["curl", "C#", "Python", "JavaScript"])
        {
            await page.GetByRole(AriaRole.Tab, new() { Name = language, Exact = true }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Tab, new() { Name = language, Exact = true }))
                .ToHaveAttributeAsync("aria-selected", "true");
            snippets.Add(language, await page.GetByTestId("snippet").InnerTextAsync());
        }
        await Button("Create a key for this").ClickAsync();
        var line = await page.GetByTestId("key").InnerTextAsync();
        return (snippets, line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim());
    }
}
