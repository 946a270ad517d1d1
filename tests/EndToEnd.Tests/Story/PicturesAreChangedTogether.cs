using System.Text.RegularExpressions;
using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

[Collection(StoryScenarios.Pages)]
public sealed class PicturesAreChangedTogether(FlowersStory story, Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_mouse_and_by_keys_and_it_is_undone()
    {
        var told = await story.ToldAsync(chromium);
        var account = told.Account;
        var (project, version) = await account.ShapesAsync("Together");
        var names = version.Classes;
        async Task<int> CountAsync(string name) =>
            (await account.Api.GetDatasetStatsAsync(account.Org, version.Dataset, Cancel)).Classes.Single(c => c.Name == name).Count;

        await using var person = await chromium.NewPersonAsync(account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync($"/{account.Org}/{project}/data?class={names[0]}");
        var tiles = page.Locator(".gallery .tile");
        await page.Locator(".gallery .pick").Nth(1).ClickAsync();
        await tiles.Nth(4).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        var picked = page.GetByTestId("picked");
        await Expect(picked).ToContainTextAsync("4 selected");
        await picked.GetByRole(AriaRole.Combobox, new() { Name = "Class" }).SelectOptionAsync(names[1]);
        var edited = page.GetByTestId("edited");
        await Expect(edited).ToContainTextAsync("4 pictures changed.");
        Assert.Equal((116, 124), (await CountAsync(names[0]), await CountAsync(names[1])));
        await edited.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(edited).ToContainTextAsync("4 pictures are as they were.");

        // The third class has the key 3.
        await tiles.Nth(0).FocusAsync();
        await page.Keyboard.PressAsync("x");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("x");
        await Expect(picked).ToContainTextAsync("2 selected");
        await page.Keyboard.PressAsync("3");
        await Expect(edited).ToContainTextAsync("2 pictures changed.");
        Assert.Equal((118, 122), (await CountAsync(names[0]), await CountAsync(names[2])));

        await page.Locator(".gallery .pick").First.ClickAsync();
        await picked.GetByRole(AriaRole.Button, new() { Name = "Select all matching" }).ClickAsync();
        await picked.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(edited).ToContainTextAsync("118 pictures removed.");
        await Expect(page.GetByText(new Regex("482 images"))).ToBeVisibleAsync();
        await edited.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(edited).ToContainTextAsync("118 pictures are as they were.");
        Assert.Equal(118, await CountAsync(names[0]));
        complaints.AssertNone();
    }
}
