using GpuGeek.EndToEnd.Tests.Story;
using GpuGeek.EndToEnd.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Pages;

/// <summary>Before, the upload buttons had no visible focus, and the menu of organisations closed only by another click on
/// itself.</summary>
[Collection(StoryScenarios.Pages)]
public sealed class ByKeyboard(FlowersStory story, Chromium chromium)
{
    [Theory]
    [InlineData("data", "archive")]
    [InlineData("weights", "weights-file")]
    public async Task The_upload_button_shows_that_it_has_the_focus(string name, string input)
    {
        var told = await story.ToldAsync(chromium);
        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        await page.GotoAsync(PageList.Find(name, told).Path);
        await page.Locator($"#{input}").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Attached });
        var button = page.Locator($"label[for={input}]").First;
        await Expect(button).ToHaveCSSAsync("outline-style", "none");
        // A key press first: focus set by a script after a click is not visible.
        await page.Keyboard.PressAsync("Tab");
        await page.Locator($"#{input}").FocusAsync();
        await Expect(button).ToHaveCSSAsync("outline-style", "solid");
    }

    [Fact]
    public async Task The_menu_of_organisations_closes_on_Escape_and_on_a_click_beside_it()
    {
        var told = await story.ToldAsync(chromium);
        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        await page.GotoAsync("/architectures");
        var (menu, button) = (page.Locator("details.orgs"), page.Locator("details.orgs summary"));
        await button.ClickAsync();
        await Expect(menu).ToHaveAttributeAsync("open", "");
        await page.Keyboard.PressAsync("Escape");
        await Expect(menu).Not.ToHaveAttributeAsync("open", "");
        await Expect(button).ToBeFocusedAsync();
        await button.ClickAsync();
        await page.Locator("h1").ClickAsync();
        await Expect(menu).Not.ToHaveAttributeAsync("open", "");
    }
}
