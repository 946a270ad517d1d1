using System.Text.RegularExpressions;
using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

[Collection(StoryScenarios.Pages)]
public sealed class PicturesAreChangedTogether(FlowersStory story, Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>All 600 can be scrolled to, and few are rendered.</summary>
    [Fact]
    public async Task Wherever_they_are_in_a_long_list()
    {
        var told = await story.ToldAsync(chromium);
        var account = told.Account;
        var (project, version) = await account.ShapesAsync("Scrolled");
        await using var person = await chromium.NewPersonAsync(account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync($"/{account.Org}/{project}/data?sort=-name");
        var newest = await account.Api.ListImagesAtAsync(account.Org, version.Dataset, new(), "-name", 0, 1, Cancel);
        var oldest = await account.Api.ListImagesAtAsync(account.Org, version.Dataset, new(), "-name", 599, 1, Cancel);
        await page.Locator($".tile[data-at='0'][title$='{newest.Items[0].FileName}']").FocusAsync();
        await page.Keyboard.PressAsync("End");
        var last = page.Locator(".tile[data-at='599']");
        await Expect(last).ToBeFocusedAsync();
        await Expect(last).ToHaveAttributeAsync("title", new Regex(Regex.Escape(oldest.Items[0].FileName)));
        await Expect(last).ToBeInViewportAsync();
        Assert.InRange(await page.Locator(".gallery *").CountAsync(), 100, 300);
        // From the last to the first that was picked: also those that were never rendered.
        await page.Keyboard.PressAsync("x");
        await page.Keyboard.PressAsync("Home");
        await page.Locator(".tile[data-at='0']").ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(page.GetByTestId("picked")).ToContainTextAsync("600 selected");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Size of the pictures" }).SelectOptionAsync("large");
        await Expect(page).ToHaveURLAsync(new Regex("sort=-name&size=large"));
        await Expect(page.Locator(".gallery")).ToHaveAttributeAsync("data-columns", "3");
        await Expect(page.GetByTestId("picked")).ToContainTextAsync("600 selected");
        complaints.AssertNone();
    }

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

        // What a colleague changes is seen at once, and what is selected stays.
        await page.Locator(".gallery .pick").Nth(5).ClickAsync();
        await Expect(page.GetByTestId("matching")).ToHaveTextAsync("118 images");
        var first = (await account.Api.ListImagesAsync(account.Org, version.Dataset, names[0], limit: 1, ct: Cancel)).Items[0];
        await account.Api.UpdateImageAsync(account.Org, version.Dataset, first.Id, new() { Class = names[1] }, Cancel);
        await Expect(page.GetByTestId("matching")).ToHaveTextAsync("117 images");
        await Expect(page.Locator($".tile[title$='{first.FileName}']")).ToHaveCountAsync(0);
        await Expect(picked).ToContainTextAsync("1 selected");
        await account.Api.UpdateImageAsync(account.Org, version.Dataset, first.Id, new() { Class = names[0] }, Cancel);
        await Expect(page.GetByTestId("matching")).ToHaveTextAsync("118 images");

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
