using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>Deletes items in the browser and restores them.</summary>
[Collection(StoryScenarios.Pages)]
public sealed class AnOwnerDeletes(FlowersStory story, Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_project_and_restores_it()
    {
        var told = await story.ToldAsync(chromium);
        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        var project = await told.Account.Api.CreateProjectAsync(told.Account.Org, new() { Name = "Only for now" }, Cancel);
        await page.GotoAsync($"/{told.Account.Org}/{project.Slug}/data");
        await page.GetByRole(AriaRole.Link, new() { Name = "Delete this project" }).ClickAsync();
        await Expect(page.GetByTestId("goes")).ToContainTextAsync("Pictures");
        var button = page.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true });
        await page.GetByLabel("Type Only for now to confirm").FillAsync("Only");
        await button.ClickAsync();
        await Expect(page.GetByText("Type the name exactly as shown here: Only for now")).ToBeVisibleAsync();
        Assert.NotNull(await told.Account.Api.GetProjectAsync(told.Account.Org, project.Slug, Cancel));
        await page.GetByLabel("Type Only for now to confirm").FillAsync("Only for now");
        await button.ClickAsync();

        var row = page.GetByTestId("deleted").Locator("tbody tr", new() { HasText = "Only for now" });
        await Expect(row).ToBeVisibleAsync();
        await Expect(page.Locator("nav.rail").GetByText("Only for now")).ToHaveCountAsync(0);
        await row.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await Expect(page.GetByText("Only for now was restored.")).ToBeVisibleAsync();
        await Expect(page.Locator("nav.rail").GetByText("Only for now")).ToBeVisibleAsync();
        await told.Account.Api.DeleteProjectAsync(told.Account.Org, project.Slug, Cancel);
        complaints.AssertNone();
    }

    [Fact]
    public async Task An_organisation_founded_a_moment_ago_and_restores_it_from_the_account()
    {
        var told = await story.ToldAsync(chromium);
        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync("/new-organization");
        await page.GetByLabel("Name").FillAsync("Short lived");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create organisation" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Delete the organisation" }).ClickAsync();
        await page.GetByLabel("Type Short lived to confirm").FillAsync("Short lived");
        await page.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();

        var card = page.GetByTestId("deleted-organizations");
        await Expect(card).ToContainTextAsync("Short lived");
        await card.GetByRole(AriaRole.Button, new() { Name = "Restore" }).First.ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        await page.GotoAsync("/short-lived");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Delete the organisation" })).ToBeVisibleAsync();
        await told.Account.Api.DeleteOrganizationAsync("short-lived", Cancel);
        complaints.AssertNone();
    }
}
