using GpuGeek.Contracts.Runs;
using GpuGeek.EndToEnd.Tests.Support;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>A second person, who talks with the first one about the run.</summary>
/// <param name="SharedRun">Token of a link to the run.</param>
/// <param name="SharedModel">Token of a link to its model.</param>
public sealed record Colleague(string Token, string SharedRun, string SharedModel)
{
    public const string Name = "Cleo Wang",
        Email = "cleo.wang@example.org",
        Password = "the second phrase";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Colleague> JoinAsync(Account owner, RunResponse run)
    {
        var invitation = await owner.Api.CreateInvitationAsync(owner.Org, new() { Role = "viewer", Email = Email }, Cancel);
        var session = await owner
            .Platform.Client()
            .RegisterAsync(
                new()
                {
                    Email = Email,
                    Password = Password,
                    DisplayName = Name,
                    Invitation = Behind(invitation.Url),
                },
                Cancel
            );
        var cleo = owner.Platform.Client(session.Token);
        await owner.Api.CreateRunCommentAsync(
            owner.Org,
            run.Id,
            new() { Text = $"@{Name} the first one on real photographs. Tulips and roses are still mixed up." },
            Cancel
        );
        await cleo.CreateRunCommentAsync(
            owner.Org,
            run.Id,
            new()
            {
                Text =
                    $"@{Account.Email} I looked at the mistakes:\n- two tulips lie in the folder of the roses,\n- the <b>dark</b> ones "
                    + $"are daisies.\n\nShall we relabel them before the next run?",
            },
            Cancel
        );
        var model = run.Result!.ModelVersion;
        var links = new List<string>
        {
            (await owner.Api.CreateShareLinkAsync(owner.Org, run.Project, new() { Run = run.Id, Days = 30 }, Cancel)).Url,
            (
                await owner.Api.CreateShareLinkAsync(owner.Org, run.Project, new() { Model = model.Model, Version = model.Version }, Cancel)
            ).Url,
        };
        var revoked = await owner.Api.CreateShareLinkAsync(owner.Org, run.Project, new() { Run = run.Id, Days = 7 }, Cancel);
        await owner.Api.RevokeShareLinkAsync(owner.Org, run.Project, revoked.Id, Cancel);
        return new(session.Token, Behind(links[0]), Behind(links[1]));
    }

    /// <summary>A browser in which the colleague has signed in.</summary>
    public static async Task<Microsoft.Playwright.IPage> SignInAsync(Microsoft.Playwright.IBrowserContext browser)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Email").FillAsync(Email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
        return page;
    }

    private static string Behind(string url) => url[(url.IndexOf('#', StringComparison.Ordinal) + 1)..];
}
