using System.Text.RegularExpressions;
using GpuGeek.EndToEnd.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>A person sees what a training will take before it costs anything.</summary>
[Collection(StoryScenarios.Pages)]
public sealed partial class ARunIsProbed(FlowersStory story, Chromium chromium)
{
    // A probe of under a minute, beside the other scenarios.
    private const float LongestProbe = 240_000;

    [Fact]
    public async Task From_the_form_and_the_answer_goes_with_what_was_asked()
    {
        var told = await story.ToldAsync(chromium);
        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync($"/{told.Account.Org}/{told.Project}/runs/new");
        var probe = page.GetByTestId("probe");
        await probe.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "How long will it take?" }).ClickAsync();
        await Expect(probe.GetByTestId("estimate")).ToContainTextAsync(Answer(), new() { Timeout = LongestProbe });

        await page.Locator("input[name=preset][value=best]").CheckAsync();
        await Expect(probe.GetByTestId("estimate")).ToHaveCountAsync(0);
        await probe.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
        await probe.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(probe.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "How long will it take?" }))
            .ToBeEnabledAsync(new() { Timeout = LongestProbe });
        await Expect(probe.GetByTestId("estimate")).ToHaveCountAsync(0);
        complaints.AssertNone();
    }

    [GeneratedRegex(@"About .+ \(.+ to .+\).+pictures a second.+of memory of the", RegexOptions.Singleline)]
    private static partial Regex Answer();
}
