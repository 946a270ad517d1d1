using GpuGeek.EndToEnd.Tests.Story;
using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Pages;

/// <summary>
/// On a connection with 200 ms of latency and an empty cache, every page is opened and left before it is ready. Before, leaving a run
/// after 100 ms broke the next page in 10 of 10 tries, because components continued after their disposal.
/// </summary>
[Collection(StoryScenarios.Pages)]
public sealed class PagesLeftEarly(FlowersStory story, Chromium chromium)
{
    private const string Home = "/architectures";
    private static readonly float[] Waits = [50, 150, 300];

    /// <summary>Pages of plain forms have no circuit, and Home is where one goes back to.</summary>
    private static readonly string[] WithoutCircuit =
    [
        "sign-in",
        "setup",
        "shared-run",
        "shared-model",
        "shared-gone",
        "invitation",
        "forgot-password",
        "reset-password",
        "account",
        "activity-of-account",
        "architectures",
    ];

    /// <summary>They load modules, which a document loads once: each visit begins in a new document.</summary>
    private static readonly string[] WithScripts = ["data", "run", "model", "weights", "deployment", "version-comments"];

    /// <summary>Waiting for the line is most of the work: so many at once.</summary>
    private const int Visitors = 6;

    [Fact]
    public async Task Break_no_other_page()
    {
        var told = await story.ToldAsync(chromium);
        var log = told.Account.Platform.Log("Web").Length;
        var names = PageList.Names.Except(WithoutCircuit).ToList();
        await Task.WhenAll(
            Enumerable.Range(0, Visitors).Select(visitor => VisitAsync(told, names.Where((_, i) => i % Visitors == visitor)))
        );
        Assert.DoesNotContain("xception", told.Account.Platform.Log("Web")[log..], StringComparison.Ordinal);
    }

    private async Task VisitAsync(Told told, IEnumerable<string> names)
    {
        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await SlowLine.OfAsync(page);
        await page.GotoAsync(Home);
        await Expect(Heading(page)).ToBeVisibleAsync();
        var title = await Heading(page).InnerTextAsync();
        var visit = 0;
        foreach (var name in names)
        {
            var hasScripts = WithScripts.Contains(name);
            foreach (var wait in name == "run" ? Waits : [Waits[visit % Waits.Length]])
            {
                if (hasScripts)
                    await page.GotoAsync(Home);
                await Expect(Heading(page)).ToHaveTextAsync(title);
                await LeaveEarlyAsync(page, PageList.Find(name, told).Path, hasScripts ? title : null, wait, byBack: visit++ % 2 == 0);
                await Expect(Heading(page)).ToHaveTextAsync(title);
                // Everything that was still in flight has arrived then.
                if (hasScripts)
                    await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
                var broken = await page.GetByText("cannot be shown").CountAsync();
                Assert.True(broken == 0, $"The page after {name}, left after {wait} ms, is broken.");
            }
        }
        complaints.AssertNone();
    }

    /// <summary>By the router, as a click on a link does: the circuit stays.</summary>
    /// <param name="title">Where it is given, the wait begins when another one is shown: the page's scripts are on their way then.</param>
    private static async Task LeaveEarlyAsync(IPage page, string path, string? title, float wait, bool byBack)
    {
        await page.EvaluateAsync("path => Blazor.navigateTo(path)", path);
        await page.WaitForURLAsync(url => !url.EndsWith(Home, StringComparison.Ordinal), new() { WaitUntil = WaitUntilState.Commit });
        if (title is not null)
            await Expect(Heading(page)).Not.ToHaveTextAsync(title);
        await page.WaitForTimeoutAsync(wait);
        if (byBack)
            await page.GoBackAsync(new() { WaitUntil = WaitUntilState.Commit });
        else
            await page.EvaluateAsync("path => Blazor.navigateTo(path)", Home);
    }

    private static ILocator Heading(IPage page) => page.GetByRole(AriaRole.Heading, new() { Level = 1 });
}
