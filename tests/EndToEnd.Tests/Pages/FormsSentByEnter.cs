using GpuGeek.EndToEnd.Tests.Story;
using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Pages;

/// <summary>
/// A name is pasted and Enter is pressed before the server has received the name. Before, the button was disabled then, and Enter did
/// nothing in 3 of 6 tries.
/// </summary>
[Collection(StoryScenarios.Pages)]
public sealed class FormsSentByEnter(FlowersStory story, Chromium chromium)
{
    [Fact]
    public async Task Create_once_what_was_typed__ten_of_ten()
    {
        var told = await story.ToldAsync(chromium);
        var account = told.Account;
        await using var person = await chromium.NewPersonAsync(account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        await SlowLine.OfAsync(page);
        var names = Enumerable.Range(1, 10).Select(i => $"pasted {i}").ToArray();
        await page.GotoAsync($"/{account.Org}/keys");
        foreach (var name in names)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "New key", Exact = true }).ClickAsync();
            var dialog = page.GetByRole(AriaRole.Dialog);
            // One browser message each, with nothing in between; the second Enter must not create a second key.
            await dialog.GetByLabel("Name").FillAsync(name);
            await page.Keyboard.PressAsync("Enter");
            await page.Keyboard.PressAsync("Enter");
            await Expect(dialog.Locator(".keyline")).ToBeVisibleAsync();
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Done", Exact = true }).ClickAsync();
        }
        var keys = (await account.Api.ListKeysAsync(account.Org, TestContext.Current.CancellationToken)).Items.Select(k => k.Name);
        Assert.Equal(
            names.Order(StringComparer.Ordinal),
            keys.Where(k => k.StartsWith("pasted", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
    }
}
