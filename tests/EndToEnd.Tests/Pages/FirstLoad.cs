using GpuGeek.EndToEnd.Tests.Story;
using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Pages;

/// <summary>What a browser fetches when it opens a page for the first time; <see cref="EveryPage"/> says how much that may be.</summary>
[Collection(StoryScenarios.Pages)]
public sealed class FirstLoad(FlowersStory story, Chromium chromium)
{
    [Theory]
    [InlineData("sign-in")]
    [InlineData("run")]
    public async Task Is_the_only_one_that_fetches_what_is_named_by_its_content(string name)
    {
        var told = await story.ToldAsync(chromium);
        var known = PageList.Find(name, told);
        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, known.SignedIn ? told.Cookies : null);
        var page = await person.NewPageAsync();
        var (fetched, settling) = (await Fetched.OfAsync(page), Settling.Of(page));
        await OpenAsync(page, known, settling);
        Assert.Contains(fetched.Take(), f => f.IsImmutable);
        await page.GotoAsync("about:blank");
        fetched.Take();
        await OpenAsync(page, known, settling);
        Assert.DoesNotContain(fetched.Take(), f => f.IsImmutable);
    }

    private static async Task OpenAsync(IPage page, KnownPage known, Settling settling)
    {
        await page.GotoAsync(known.Path);
        await page.Locator(known.Shows).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        // Modules, charts and the hub's script come last.
        await settling.SettledAsync();
    }
}
