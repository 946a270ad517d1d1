using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>A comment with a mention, a share link, and the project's record of both.</summary>
[Collection(StoryScenarios.Pages)]
public sealed class TwoPeopleTalkAboutARun(FlowersStory story, Chromium chromium)
{
    [Fact]
    public async Task And_the_mentioned_member_is_notified()
    {
        var told = await story.ToldAsync(chromium);
        await using var ada = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        await using var hers = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress);
        var cleo = await Colleague.SignInAsync(hers);
        var page = await ada.NewPageAsync();
        var complaints = (Complaints.Of(page), Complaints.Of(cleo));
        var unread = int.Parse(await cleo.GetByTestId("unread").InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);

        await page.GotoAsync($"/{told.Account.Org}/{told.Project}/runs/{told.Run.Id}");
        var comments = page.GetByTestId("comments");
        var box = comments.GetByLabel("Write a comment").Last;
        await Expect(box).ToHaveAttributeAsync("aria-autocomplete", "list");
        await box.PressSequentiallyAsync("Look, @cle");
        await Expect(comments.GetByRole(AriaRole.Option, new() { Name = Colleague.Name })).ToBeVisibleAsync();
        await box.PressAsync("Enter");
        await Expect(box).ToHaveValueAsync($"Look, @{Colleague.Name} ");
        await box.PressSequentiallyAsync("<img src=x onerror=alert(1)>");
        await Button(comments, "Comment").ClickAsync();
        var said = comments.Locator("li", new() { HasText = "<img src=x onerror=alert(1)>" });
        await Expect(said.Locator(".mention")).ToHaveTextAsync("@" + Colleague.Name);
        await Expect(box).ToHaveValueAsync("");

        await cleo.ReloadAsync();
        await Expect(cleo.GetByTestId("unread")).ToHaveTextAsync($"{unread + 1}");
        await cleo.GetByRole(AriaRole.Link, new() { Name = "Mentions" }).ClickAsync();
        var mention = cleo.GetByTestId("mentions").Locator("li").First;
        await Expect(mention.Locator(".mention.me")).ToHaveTextAsync("@" + Colleague.Name);
        await Button(mention, "Mark as read").ClickAsync();
        await Expect(mention.GetByText("unread")).ToHaveCountAsync(0);
        await mention.GetByRole(AriaRole.Link, new() { Name = told.Run.Name }).ClickAsync();
        var hersOf = cleo.GetByTestId("comments").Locator("li", new() { HasText = "onerror" });
        await Expect(hersOf).ToBeVisibleAsync();
        Assert.Equal(0, await Button(hersOf, "Edit").CountAsync());

        // The content of an input field is not text of the page.
        var last = comments.Locator("ol > li").Last;
        await Button(last, "Edit").ClickAsync();
        await last.GetByRole(AriaRole.Textbox).FillAsync("Never mind");
        await Button(last, "Save").ClickAsync();
        await Expect(comments.GetByText("Never mind")).ToBeVisibleAsync();
        var changed = comments.Locator("li", new() { HasText = "Never mind" });
        await Button(changed, "Delete").ClickAsync();
        await Button(page.GetByRole(AriaRole.Dialog), "Delete").ClickAsync();
        await Expect(comments.GetByText("Never mind")).ToHaveCountAsync(0);
        complaints.Item1.AssertNone();
        complaints.Item2.AssertNone();
    }

    [Fact]
    public async Task And_share_it_by_link_until_they_revoke_it()
    {
        var told = await story.ToldAsync(chromium);
        await using var ada = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        await using var nobody = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress);
        var (page, stranger) = (await ada.NewPageAsync(), await nobody.NewPageAsync());
        var complaints = (Complaints.Of(page), Complaints.Of(stranger));
        var asked = new List<string>();
        stranger.Request += (_, request) => asked.Add($"{request.Url} {string.Join(' ', request.Headers)}");

        await page.GotoAsync($"/{told.Account.Org}/{told.Project}/runs/{told.Run.Id}");
        await Button(page.Locator("main"), "Share").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Days until it expires").FillAsync("3");
        await Button(dialog, "Create link").ClickAsync();
        var link = await dialog.GetByTestId("share-link").InnerTextAsync();

        await stranger.GotoAsync(link);
        await Expect(stranger.GetByText("Acme shares this page with you")).ToBeVisibleAsync();
        await Expect(stranger.GetByTestId("accuracy")).ToBeVisibleAsync();
        Assert.True(await stranger.Locator("svg .line").CountAsync() >= 4);
        Assert.DoesNotContain(Account.Email, await stranger.ContentAsync(), StringComparison.Ordinal);
        await stranger.ReloadAsync();
        await Expect(stranger.GetByTestId("accuracy")).ToBeVisibleAsync();
        Assert.DoesNotContain(asked, a => a.Contains("gg_share", StringComparison.Ordinal));

        await Button(dialog.GetByTestId("share-links").Locator("tbody tr").First, "Revoke").ClickAsync();
        await Expect(dialog.GetByTestId("share-links").Locator("tbody tr").First).ToContainTextAsync("revoked");
        await stranger.ReloadAsync();
        await Expect(stranger.GetByText("This link is not valid")).ToBeVisibleAsync();
        await Expect(stranger.GetByTestId("accuracy")).ToHaveCountAsync(0);

        await page.GotoAsync($"/{told.Account.Org}/{told.Project}/activity");
        foreach (
            var sentence in (string[])
                [
                    "Ada revoked a link to",
                    "Ada shared",
                    "Cleo Wang commented on",
                    "Ada deployed",
                    "Ada started the training",
                    "Ada created the version",
                    "Ada created the project Flowers",
                ]
        )
            await Expect(page.GetByTestId("activity").Locator("li", new() { HasText = sentence }).First).ToBeVisibleAsync();
        complaints.Item1.AssertNone();
        complaints.Item2.AssertNone();
    }

    private static ILocator Button(ILocator place, string name) => place.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
