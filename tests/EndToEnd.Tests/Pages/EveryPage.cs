using System.Globalization;
using GpuGeek.EndToEnd.Tests.Story;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Pages;

/// <summary>Looks at each page with real data, on a desk and on a telephone, by day and by night. With <c>GPUGEEK_UPDATE_PICTURES=1</c> the pictures in docs/pictures are taken anew.</summary>
public sealed class EveryPage(FlowersStory story, Chromium chromium)
{
    private static readonly (int Width, int Height)[] Screens = [(1280, 800), (390, 844)];

    // What the policy would not run must not be there either: whoever loosens the policy one day would let it loose.
    private const string WrittenIntoThePage = """
        () => [...document.querySelectorAll('*')].flatMap(e => [
          ...(e.localName === 'script' && !e.src && e.textContent.trim() ? ['script: ' + e.textContent.slice(0, 80)] : []),
          ...[...e.attributes].filter(a => a.name.startsWith('on') || /^\s*javascript:/i.test(a.value)).map(a => e.localName + ' ' + a.name)])
        """;

    private static string Folder { get; } = Path.Combine(SharedData.RepositoryRoot, Environment.GetEnvironmentVariable("GPUGEEK_UPDATE_PICTURES") == "1" ? "docs/pictures" : "artifacts/pictures");

    public static TheoryData<string> Names => [.. PageList.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Fits_its_screen_and_makes_the_browser_complain_of_nothing(string name)
    {
        var told = await story.ToldAsync(chromium);
        var known = PageList.Find(name, told);
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            foreach (var (width, height) in Screens)
            {
                await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, known.SignedIn ? told.Cookies : null, scheme, width, height);
                await LookAsync(await person.NewPageAsync(), known, known.Name == "deployment" ? told.Photo : null, $"{name}-{scheme.ToString().ToLowerInvariant()}-{width.ToString(CultureInfo.InvariantCulture)}.png");
            }
    }

    private static async Task LookAsync(IPage page, KnownPage known, byte[]? photo, string file)
    {
        var complaints = Complaints.Of(page);
        var answer = await page.GotoAsync(known.Path);
        await page.Locator(known.Shows).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        if (photo is not null) await new Road(page).DropAsync(photo);
        if (known.Name == "run-comments") await page.GetByTestId("comments").ScrollIntoViewIfNeededAsync();
        if (known.Name == "run-share")
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync();
            await page.GetByRole(AriaRole.Dialog).GetByTestId("share-links").WaitForAsync();
        }
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await page.WaitForFunctionAsync("() => [...document.images].every(i => i.hidden || i.complete || i.getBoundingClientRect().top > innerHeight)");
        var (content, screen) = (await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), await page.EvaluateAsync<int>("document.documentElement.clientWidth"));
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, file), Animations = ScreenshotAnimations.Disabled });

        Assert.Contains("script-src 'self';", answer!.Headers["content-security-policy"], StringComparison.Ordinal);
        Assert.Empty(await page.EvaluateAsync<string[]>(WrittenIntoThePage));
        Assert.True(content <= screen, $"{file} scrolls sideways: {content} pixels on {screen}.");
        complaints.AssertNone();
    }
}
