using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;
using Microsoft.Playwright;
using MimeKit;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>An installation that has a name and sends mail: passkeys in a real browser with a virtual device, and a forgotten password over
/// a real mail server.</summary>
public sealed partial class APersonSignsInWithoutThePassword(APersonSignsInWithoutThePassword.Named named, Chromium chromium)
    : IClassFixture<APersonSignsInWithoutThePassword.Named>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Reached as <c>localhost</c>: the one name for which browsers keep passkeys without https.</summary>
    public sealed class Named : IAsyncLifetime
    {
        public SmtpServer Mail { get; } = new();
        public RunningPlatform Platform { get; private set; } = null!;
        public Uri Address { get; private set; } = null!;
        public Account Account { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var port = FreePort();
            Address = new($"http://localhost:{port}/");
            Platform = await RunningPlatform.StartAsync(
                port: port,
                environment: new()
                {
                    ["GPUGEEK_PUBLIC_URL"] = $"http://localhost:{port}",
                    ["GPUGEEK_SMTP_HOST"] = "127.0.0.1",
                    ["GPUGEEK_SMTP_PORT"] = Mail.Port.ToString(CultureInfo.InvariantCulture),
                    ["GPUGEEK_SMTP_FROM"] = "GpuGeek <gpugeek@example.org>",
                    ["GPUGEEK_SMTP_SECURITY"] = "none",
                }
            );
            Account = await Account.RegisterAsync(Platform);
        }

        public async ValueTask DisposeAsync()
        {
            await Platform.DisposeAsync();
            await Mail.DisposeAsync();
        }

        /// <summary>The next mail to that person; others' are passed over.</summary>
        public async Task<MimeMessage> NextMailAsync(string email)
        {
            var taken = await Mail.NextAsync(Cancel);
            while (!taken.To.Contains(email))
                taken = await Mail.NextAsync(Cancel);
            return await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(taken.Data)), Cancel);
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }

    [Fact]
    public async Task With_a_passkey_until_it_is_removed()
    {
        var email = await InviteAsync("Grace");
        await using var person = await chromium.NewPersonAsync(named.Address);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await VirtualDevice.PlugInAsync(page);
        await SignInAsync(page, email, "bombe and colossus");
        var passkeys = page.GetByTestId("passkeys");
        await passkeys.GetByLabel("Name of the new passkey").FillAsync("Laptop");
        await passkeys.GetByLabel("Current password").FillAsync("not my password");
        await passkeys.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Expect(passkeys.GetByText("The password is incorrect")).ToBeVisibleAsync();
        await passkeys.GetByLabel("Current password").FillAsync("bombe and colossus");
        await passkeys.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Expect(passkeys.Locator("li", new() { HasText = "Laptop" })).ToContainTextAsync("not used yet");
        var mail = await named.NextMailAsync(email);
        Assert.Equal((email, "A passkey was added to your GpuGeek account"), (mail.To.Mailboxes.Single().Address, mail.Subject));
        Assert.Contains("'Laptop'", mail.TextBody, StringComparison.Ordinal);

        await SignOutAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await page.WaitForURLAsync("**/account");
        await Expect(passkeys.Locator("li", new() { HasText = "Laptop" })).ToContainTextAsync("used");
        await Expect(page.GetByTestId("activity").Locator("li").First).ToContainTextAsync("Signed in · with a passkey");
        complaints.AssertNone();

        await passkeys.GetByRole(AriaRole.Button, new() { Name = "Remove the passkey Laptop" }).ClickAsync();
        await Expect(passkeys.Locator("li")).ToHaveCountAsync(0);
        await SignOutAsync(page);
        // The device has it still, and offers it.
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Expect(page.GetByText("The passkey is unknown")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Under_another_address_the_browser_asks_no_device()
    {
        await using var person = await chromium.NewPersonAsync(named.Platform.BaseAddress);
        var page = await person.NewPageAsync();
        await VirtualDevice.PlugInAsync(page);
        await page.GotoAsync("/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Expect(page.GetByText("The device did not confirm")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task And_sets_a_new_one_by_a_link_that_came_by_mail()
    {
        var email = await InviteAsync("Joan");
        await using var person = await chromium.NewPersonAsync(named.Address);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync("/sign-in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Forgotten your password?" }).ClickAsync();
        // The page before has a field of the same name.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Set a new password" })).ToBeVisibleAsync();
        await page.GetByLabel("Email").FillAsync(email);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send the link" }).ClickAsync();
        await Expect(page.GetByText("Check your email")).ToBeVisibleAsync();
        var link = LinkPattern().Match((await named.NextMailAsync(email)).TextBody!).Value;
        Assert.StartsWith(named.Address + "reset-password#gg_reset_", link, StringComparison.Ordinal);
        await page.GotoAsync(link);
        await page.GetByLabel("New password").FillAsync("enigma and lorenz");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set the password" }).ClickAsync();
        await Expect(page.GetByText("The new password is set.")).ToBeVisibleAsync();
        Assert.Contains("was reset", (await named.NextMailAsync(email)).Subject, StringComparison.Ordinal);
        await SignInAsync(page, email, "enigma and lorenz");
        await Expect(page.GetByTestId("activity")).ToContainTextAsync("Password reset with a link");
        complaints.AssertNone();
    }

    /// <summary>Checked on desktop and phone, in the light and the dark scheme, like the pages of the story.</summary>
    [Fact]
    public async Task And_finds_pages_that_fit_the_screen()
    {
        var email = await InviteAsync("Mavis");
        await using var first = await chromium.NewPersonAsync(named.Address);
        var own = await first.NewPageAsync();
        await VirtualDevice.PlugInAsync(own);
        await SignInAsync(own, email, "bombe and colossus");
        await own.GetByLabel("Name of the new passkey").FillAsync("Mavis's telephone");
        await own.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Expect(own.GetByTestId("passkeys").Locator("li")).ToHaveCountAsync(1);
        await named.NextMailAsync(email);
        var cookies = await first.StorageStateAsync();
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using var person = await chromium.NewPersonAsync(named.Address, cookies, scheme);
            var page = await person.NewPageAsync();
            var (complaints, settling) = (Complaints.Of(page), Settling.Of(page));
            foreach (var (path, name, shows) in PagesOfPasskeysAndMail)
            {
                await page.GotoAsync(path);
                await page.Locator(shows).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
                foreach (var (width, height) in ((int, int)[])[(1280, 800), (390, 844)])
                {
                    await page.SetViewportSizeAsync(width, height);
                    await settling.SettledAsync();
                    var file = Pictures.PathOf($"{name}-{scheme.ToString().ToLowerInvariant()}-{width}.png");
                    await page.ScreenshotAsync(
                        new()
                        {
                            Path = file,
                            FullPage = true,
                            Animations = ScreenshotAnimations.Disabled,
                        }
                    );
                    var content = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
                    Assert.True(content <= width, $"{path} scrolls sideways on {width}.");
                }
            }
            complaints.AssertNone();
        }
    }

    private static readonly (string Path, string Name, string Shows)[] PagesOfPasskeysAndMail =
    [
        ("/sign-in", "sign-in-passkey", "main"),
        ("/forgot-password", "forgot-password-mail", "#email"),
        ("/account", "account-passkeys", "[data-testid=passkeys] li"),
        ("/account/activity", "activity-passkeys", "[data-testid=activity] li"),
    ];

    /// <summary>A person of the organisation.</summary>
    private async Task<string> InviteAsync(string name)
    {
        var email = $"{name.ToLowerInvariant()}@example.org";
        var invitation = await named.Account.Api.CreateInvitationAsync(named.Account.Org, new() { Role = "viewer" }, Cancel);
        await named
            .Platform.Client()
            .RegisterAsync(
                new()
                {
                    Email = email,
                    Password = "bombe and colossus",
                    DisplayName = name,
                    Invitation = invitation.Url[(invitation.Url.IndexOf('#', StringComparison.Ordinal) + 1)..],
                },
                Cancel
            );
        return email;
    }

    private static async Task SignInAsync(IPage page, string email, string password)
    {
        await page.GotoAsync("/sign-in?returnUrl=/account");
        await page.GetByLabel("Email").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync("**/account");
    }

    private static async Task SignOutAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.WaitForURLAsync("**/sign-in*");
        await page.GotoAsync("/sign-in?returnUrl=/account");
    }

    [GeneratedRegex(@"http://localhost\S+#gg_reset_[0-9A-Za-z]+")]
    private static partial Regex LinkPattern();
}
