using System.Net;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>Hangfire's dashboard behind the front door: its scripts run under this site's policy and carry this site's token.</summary>
[Collection(StoryScenarios.Pages)]
public sealed class TheOperatorLooksAtRecurringWork(FlowersStory story, Chromium chromium)
{
    [Fact]
    public async Task And_starts_a_round_at_once()
    {
        var told = await story.ToldAsync(chromium);
        await using var ada = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        var page = await ada.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync($"/{told.Account.Org}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Recurring work" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Recurring Jobs" }).ClickAsync();
        var row = page.Locator("tr", new() { HasText = "webhook-deliveries" });
        await row.GetByRole(AriaRole.Checkbox).CheckAsync();
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.GetByRole(AriaRole.Button, new() { Name = "Trigger now" }).ClickAsync(),
            response => response.Request.Method == "POST" && response.Url.EndsWith("/trigger", StringComparison.Ordinal)
        );
        Assert.Equal((int)HttpStatusCode.NoContent, answer.Status);
        // The dashboard reloads its own page after the change.
        var other = await ada.NewPageAsync();
        await Eventually.HoldsAsync(
            async () =>
            {
                await other.GotoAsync("/operator/jobs/jobs/succeeded");
                return await other.GetByText("DeleteOldDeliveriesAsync").CountAsync();
            },
            count => count > 0
        );
        complaints.AssertNone();
    }

    [Fact]
    public async Task And_a_change_without_the_sites_token_is_refused()
    {
        var told = await story.ToldAsync(chromium);
        await using var ada = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, told.Cookies);
        var refused = await ada.APIRequest.PostAsync("/operator/jobs/recurring/trigger", new() { DataString = "jobs[]=expiry" });
        Assert.Equal((int)HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("csrf", await refused.TextAsync(), StringComparison.Ordinal);
    }
}
