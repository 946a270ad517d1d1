using GpuGeek.Contracts.Client;
using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Processes;

/// <summary>
/// The whole platform stops in the middle of a training, as when a laptop is closed or loses power, and is started again on the same
/// data. One cycle of starts and stops serves all three tests.
/// </summary>
public sealed class WhenEverythingStops(StopsAndStarts cycle, Chromium chromium, ITestOutputHelper output) : IClassFixture<StopsAndStarts>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ctrl_C_leaves_no_process_and_the_next_start_goes_on_with_the_training()
    {
        var stop = cycle.Interrupted;
        output.WriteLine($"stopped {stop.Processes} processes in {stop.Took.TotalSeconds:0.0} s");
        Assert.True(stop.Processes >= 7, $"Only {stop.Processes} processes were found.");
        Assert.Equal(0, stop.ExitCode);
        Assert.True(stop.AllGone, "Something outlived AppHost.");
        await AssertWentOnAsync(stop);
    }

    [Fact]
    public async Task Kill_9_leaves_no_process_and_loses_nothing()
    {
        var stop = cycle.Killed;
        Assert.True(stop.Processes >= 7, $"Only {stop.Processes} processes were found.");
        Assert.True(stop.AllGone, "Something outlived AppHost.");
        await AssertWentOnAsync(stop);
    }

    [Fact]
    public async Task The_link_of_the_next_start_signs_the_operator_in_once()
    {
        await using var person = await chromium.NewPersonAsync(cycle.Platform.BaseAddress);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync(cycle.Platform.Link);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByText("Acme").First).ToBeVisibleAsync();
        complaints.AssertNone();

        var token = cycle.Platform.LinkToken;
        var used = await Assert.ThrowsAsync<ApiException>(() => cycle.Platform.Client().SignInByLinkAsync(new() { Token = token }, Cancel));
        Assert.Equal("link_invalid", used.Problem.Code);
    }

    private async Task AssertWentOnAsync(Stop stop)
    {
        var account = await Account.SignInAsync(cycle.Platform);
        var run = await account.SucceededAsync(stop.Run);

        Assert.Equal(2, run.Attempt);
        Assert.Equal(run.Attempt, await Books.LeasesAsync(account, stop.Run));
        await Books.AssertInOrderAsync(account, run);
        Assert.Equal(600, (await account.Api.ListDatasetsAsync(account.Org, run.Project, Cancel)).Items.Single().ImageCount);
    }
}
