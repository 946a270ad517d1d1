using System.Globalization;
using GpuGeek.EndToEnd.Tests.Story;
using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Pages;

/// <summary>
/// Checks each page with real data, on desktop and phone, in the light and the dark scheme. It is opened on one screen and resized to the
/// other: the light one on the phone first, the dark one on the desktop. <see cref="Pictures"/> defines where the pictures go.
/// The desktop's browser has an empty cache each time. What it fetched was 300 to 500 KB, 348 of them a component library that no page
/// used.
/// </summary>
[Collection(StoryScenarios.Pages)]
public sealed class EveryPage(FlowersStory story, Chromium chromium, Onlookers onlookers, ITestOutputHelper output)
    : IClassFixture<Onlookers>
{
    /// <summary>Bytes of a first visit, without pictures.</summary>
    private const int Most = 150_000;
    private static readonly (int Width, int Height) Desk = (1280, 800);
    private static readonly (int Width, int Height) Telephone = (390, 844);

    // Scripts that the policy would block must not be in the page either, in case somebody loosens the policy.
    private const string WrittenIntoThePage = """
        () => [...document.querySelectorAll('*')].flatMap(e => [
          ...(e.localName === 'script' && !e.src && e.textContent.trim() ? ['script: ' + e.textContent.slice(0, 80)] : []),
          ...[...e.attributes].filter(a => a.name.startsWith('on') || /^\s*javascript:/i.test(a.value))
            .map(a => e.localName + ' ' + a.name)])
        """;

    public static TheoryData<string> Names => [.. PageList.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Fits_its_screen_takes_at_most_150_KB_and_makes_the_browser_complain_of_nothing(string name)
    {
        var told = await story.ToldAsync(chromium);
        var known = PageList.Find(name, told);
        // Each mostly waits for the platform.
        await Task.WhenAll(LookAsync(ColorScheme.Light, Telephone, Desk), LookAsync(ColorScheme.Dark, Desk, Telephone));

        async Task LookAsync(ColorScheme scheme, (int Width, int Height) first, (int Width, int Height) second)
        {
            var person = await onlookers.WithAsync(chromium, told, scheme, known.SignedIn);
            var page = await person.NewPageAsync();
            await page.SetViewportSizeAsync(first.Width, first.Height);
            var (complaints, settling) = (Complaints.Of(page), Settling.Of(page));
            var fetched = first == Desk ? await Fetched.OfAsync(page) : null;
            var answer = await OpenAsync(page, known);
            // Modules, charts and the hub's script come last.
            await settling.SettledAsync();
            if (fetched is not null)
                AssertLight(name, fetched.Take());
            await GoOnAsync(page, known, told.Photo);
            Assert.Contains("script-src 'self';", answer.Headers["content-security-policy"], StringComparison.Ordinal);
            foreach (var (width, height) in ((int, int)[])[first, second])
            {
                await page.SetViewportSizeAsync(width, height);
                if (name == "run-comments")
                    await page.GetByTestId("comments").ScrollIntoViewIfNeededAsync();
                if (name == "data")
                    await ShowPicturesAsync(page);
                await settling.SettledAsync();
                var pixels = width.ToString(CultureInfo.InvariantCulture);
                await AssertFitsAsync(page, $"{name}-{scheme.ToString().ToLowerInvariant()}-{pixels}.png");
            }
            complaints.AssertNone();
            await page.CloseAsync();
        }
    }

    /// <summary>Below the classes and versions on a telephone: they are rendered when they come into view.</summary>
    private static async Task ShowPicturesAsync(IPage page)
    {
        await page.Locator(".gallery").ScrollIntoViewIfNeededAsync();
        await page.Locator(".gallery .tile img").First.WaitForAsync();
    }

    private static async Task<IResponse> OpenAsync(IPage page, KnownPage known)
    {
        var answer = await page.GotoAsync(known.Path);
        await page.Locator(known.Shows).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return answer!;
    }

    private void AssertLight(string name, List<FetchedFile> fetched)
    {
        var bytes = fetched.Where(f => !f.IsPicture).Sum(f => f.Bytes);
        output.WriteLine($"{name}: {bytes.ToString(CultureInfo.InvariantCulture)} bytes");
        Assert.True(
            bytes is > 10_000 and <= Most,
            $"{bytes} bytes:\n{string.Join('\n', fetched.OrderByDescending(f => f.Bytes).Take(12))}"
        );
    }

    /// <summary>To what such a page shows after a person has done something.</summary>
    private static async Task GoOnAsync(IPage page, KnownPage known, byte[] photo)
    {
        if (known.Name == "deployment")
            await new Road(page).DropAsync(photo);
        if (known.Name == "run-share")
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync();
            await page.GetByRole(AriaRole.Dialog).GetByTestId("share-links").WaitForAsync();
        }
    }

    private static async Task AssertFitsAsync(IPage page, string file)
    {
        await page.ScreenshotAsync(new() { Path = Pictures.PathOf(file), Animations = ScreenshotAnimations.Disabled });
        var content = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        var screen = await page.EvaluateAsync<int>("document.documentElement.clientWidth");
        Assert.Empty(await page.EvaluateAsync<string[]>(WrittenIntoThePage));
        Assert.True(content <= screen, $"{file} scrolls sideways: {content} pixels on {screen}.");
    }
}
