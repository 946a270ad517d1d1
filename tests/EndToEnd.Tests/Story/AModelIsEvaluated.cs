using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

[Collection(StoryScenarios.Objects)]
public sealed class AModelIsEvaluated(FlowersStory story, Chromium chromium)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Minutes = new() { Timeout = 180_000 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_pictures_that_a_person_chooses_and_says_which_of_them_it_has_learned_from()
    {
        var told = await story.ToldAsync(chromium);
        var (account, result) = (told.Account, told.Run.Result!);
        var (model, version) = (result.ModelVersion.Model, result.ModelVersion.Version);
        await using var person = await chromium.NewPersonAsync(account.Platform.BaseAddress, told.Cookies);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync($"/{account.Org}/{told.Project}/models/{model}/{version}");
        // The run made one itself, and says what thresholds do although it was refit.
        await Expect(page.GetByTestId("evaluations").GetByRole(AriaRole.Link)).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("basis")).ToContainTextAsync("a classifier that has not seen it");
        await page.GetByRole(AriaRole.Button, new() { Name = "Evaluate", Exact = true }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByTestId("evaluated")).ToContainTextAsync("600 pictures");
        await dialog.GetByLabel("Split").SelectOptionAsync("val");
        await Expect(dialog.GetByTestId("evaluated")).Not.ToContainTextAsync("600 pictures");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Evaluate", Exact = true }).ClickAsync();
        var validation = page.GetByTestId("evaluations").GetByRole(AriaRole.Link, new() { Name = "Validation" });
        await Expect(validation).ToBeVisibleAsync(Minutes);
        await Expect(page.GetByTestId("seen")).ToBeVisibleAsync();
        await validation.ClickAsync();
        await Expect(page.GetByTestId("evaluation")).ToContainTextAsync("the figures are too good");

        var evaluations = (await account.Api.ListEvaluationsAsync(account.Org, model, version, Cancel)).Items;
        var (made, own) = (evaluations.Single(e => !e.IsOfRun), evaluations.Single(e => e.IsOfRun));
        Assert.Equal((made.Pictures, "val"), (made.Seen, made.Split));
        Assert.Equal((result.TestCount, 0, "test"), (own.Pictures, own.Seen, own.Split));
        Assert.Equal(result.TestAccuracy, own.Accuracy!.Value, 9);
        complaints.AssertNone();
        await account.Api.DeleteEvaluationAsync(account.Org, model, version, made.Id, Cancel);
    }
}
