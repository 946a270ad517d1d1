using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>A person sees what training will see of the pictures, before it starts.</summary>
[Collection(StoryScenarios.Pages)]
public sealed class AugmentationIsSeen(FlowersStory story, Chromium chromium)
{
    [Fact]
    public async Task On_the_persons_own_pictures_as_sliders_move()
    {
        var told = await story.ToldAsync(chromium);
        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync($"/{told.Account.Org}/{told.Project}/runs/new");
        await page.GetByText("Advanced").ClickAsync();
        var preview = page.GetByTestId("augmented");
        await Expect(preview).ToContainTextAsync("fixed views");

        await page.Locator("input[name=preset][value=balanced]").CheckAsync();
        await Expect(preview.Locator("img")).ToHaveCountAsync(16);
        var balanced = await preview.Locator("img").First.GetAttributeAsync("src");
        await page.GetByLabel("Augmentation preset").SelectOptionAsync("strong");
        await Expect(preview.Locator("img").First).Not.ToHaveAttributeAsync("src", balanced!);
        var strong = await preview.Locator("img").Nth(3).GetAttributeAsync("src");
        await page.Locator("input.slider[aria-label=Invert]").FillAsync("1");
        await Expect(page.Locator("#augmentation-invert")).ToHaveValueAsync("1");
        await Expect(preview.Locator("img").Nth(3)).Not.ToHaveAttributeAsync("src", strong!);
        await Expect(page.Locator("pre.code")).ToContainTextAsync("\"invert\": 1");
        await TakePicturesAsync(page, preview);
        complaints.AssertNone();
    }

    private static async Task TakePicturesAsync(IPage page, ILocator preview)
    {
        foreach (var (width, height) in ((int, int)[])[(1280, 900), (390, 844)])
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.Locator("#augmentation-zoom").ScrollIntoViewIfNeededAsync();
            await Expect(preview).ToBeInViewportAsync();
            Assert.True(
                await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"),
                $"The page is wider than {width} pixels."
            );
            var file = $"augmentation-{(scheme == ColorScheme.Light ? "light" : "dark")}-{width}.png";
            await page.ScreenshotAsync(new() { Path = Pictures.PathOf(file) });
        }
    }
}
