using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>Before, "Train again" took over only the dataset version: the form opened with the preset's values.</summary>
[Collection(StoryScenarios.Objects)]
public sealed class ARunIsTrainedAgain(FlowersStory story, Chromium chromium)
{
    [Fact]
    public async Task With_the_recipe_and_the_data_that_it_had()
    {
        var told = await story.ToldAsync(chromium);
        var (account, run) = (told.Account, told.Run);
        await using var person = await chromium.NewPersonAsync(account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync($"/{account.Org}/{told.Project}/runs/{run.Id}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Train again" }).ClickAsync();
        await Expect(page.GetByTestId("again")).ToContainTextAsync(run.Name);
        await Expect(page.GetByLabel("Classifier")).ToHaveValueAsync("solved");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).ClickAsync();
        await Expect(page.GetByTestId("run")).ToBeVisibleAsync();

        var id = Guid.Parse(page.Url[(page.Url.LastIndexOf('/') + 1)..]);
        var again = await account.Api.CancelRunAsync(account.Org, id, TestContext.Current.CancellationToken);
        Assert.Equal((run.Recipe, run.DatasetVersion), (again.Recipe, again.DatasetVersion));
        complaints.AssertNone();
    }
}
