using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using OtpNet;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>A second factor from the account page to the next sign-in, and another browser that is signed out from there.</summary>
[Collection(StoryScenarios.Pages)]
public sealed class APersonProtectsTheAccount(FlowersStory story, Chromium chromium)
{
    private const string Email = "dora@example.org",
        Password = "bombe and colossus";

    [Fact]
    public async Task With_codes_of_an_app_and_ends_another_session()
    {
        var told = await story.ToldAsync(chromium);
        var invitation = await told.Account.Api.CreateInvitationAsync(
            told.Account.Org,
            new() { Role = "viewer" },
            TestContext.Current.CancellationToken
        );
        await told
            .Account.Platform.Client()
            .RegisterAsync(
                new()
                {
                    Email = Email,
                    Password = Password,
                    DisplayName = "Dora",
                    Invitation = invitation.Url[(invitation.Url.IndexOf('#', StringComparison.Ordinal) + 1)..],
                },
                TestContext.Current.CancellationToken
            );
        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync("/sign-in?returnUrl=/account");
        await SignInAsync(page);

        // The registration's own session, which no browser holds.
        var sessions = page.GetByTestId("sessions");
        await Expect(sessions.Locator("li")).ToHaveCountAsync(2);
        await Expect(sessions.Locator("li", new() { HasText = "this one" })).ToContainTextAsync("Chrome, Linux");
        await sessions.GetByRole(AriaRole.Button, new() { Name = "End" }).ClickAsync();
        await Expect(sessions.Locator("li")).ToHaveCountAsync(1);

        var factor = page.GetByTestId("second-factor");
        await factor.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        await Expect(factor.GetByAltText("QR code for the authenticator app")).ToBeVisibleAsync();
        await factor.GetByLabel("Code").FillAsync("12");
        await factor.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await Expect(factor.GetByText("The code is incorrect")).ToBeVisibleAsync();
        await factor
            .GetByLabel("Code")
            .FillAsync(new Totp(Base32Encoding.ToBytes(await factor.GetByTestId("secret").InnerTextAsync())).ComputeTotp());
        await factor.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        var recovery = (await factor.GetByTestId("recovery").InnerTextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10, recovery.Length);
        complaints.AssertNone();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GotoAsync("/sign-in?returnUrl=/account");
        await page.GetByLabel("Email").FillAsync(Email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Enter your code" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Password")).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Code")).ToBeFocusedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a recovery code" }).ClickAsync();
        await page.GetByLabel("Recovery code").FillAsync(recovery[0]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync("**/account");
        await Expect(page.GetByTestId("second-factor").GetByText("Signing in needs a code")).ToBeVisibleAsync();
        await page.GetByTestId("second-factor").GetByLabel("Current password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn off" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Set up" })).ToBeVisibleAsync();
    }

    private static async Task SignInAsync(IPage page)
    {
        await page.GetByLabel("Email").FillAsync(Email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync("**/account");
    }
}
