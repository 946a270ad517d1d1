using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>A person keeps the values of the form under a name and starts a run from them.</summary>
[Collection(StoryScenarios.Pages)]
public sealed class ARecipeIsKept(FlowersStory story, Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_form_and_a_run_starts_from_it()
    {
        var told = await story.ToldAsync(chromium);
        var account = told.Account;
        await using var person = await chromium.NewPersonAsync(account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync($"/{account.Org}/{told.Project}/runs/new");
        await page.GetByText("Advanced").ClickAsync();
        await page.GetByLabel("Classifier").SelectOptionAsync("trained");
        await page.GetByLabel("Epochs", new() { Exact = true }).FillAsync("3");
        await page.GetByLabel("Gradient clipping").FillAsync("2.5");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save as recipe" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("short");
        await dialog.GetByLabel("Name").PressAsync("Enter");
        await Expect(dialog.GetByRole(AriaRole.Status)).ToHaveTextAsync("Saved as short@1.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();

        await page.ReloadAsync();
        await page.GetByLabel("Own recipe").SelectOptionAsync("short@1");
        await Expect(page.Locator("pre.code")).ToContainTextAsync("\"preset\": \"short@1\"");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).ClickAsync();
        await Expect(page.GetByTestId("run")).ToBeVisibleAsync();
        var id = Guid.Parse(page.Url[(page.Url.LastIndexOf('/') + 1)..]);
        var recipe = (await account.Api.CancelRunAsync(account.Org, id, Cancel)).Recipe;
        Assert.Equal(("short@1", 3, 2.5), (recipe.Preset, recipe.Budget.Epochs, recipe.Optimizer.ClipNorm));

        await page.GotoAsync($"/{account.Org}/recipes/short");
        await Expect(page.GetByTestId("versions")).ToContainTextAsync("short@1");
        // A page of the organisation: nothing in its frame takes "recipes" for a project.
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Activity" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.GetByTestId("recipes")).Not.ToContainTextAsync("short");
        complaints.AssertNone();
    }
}
