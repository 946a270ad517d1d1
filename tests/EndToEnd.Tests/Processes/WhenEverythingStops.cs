using System.Diagnostics;
using GpuGeek.Contracts.Client;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport.Platform;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using Table = GpuGeek.TestSupport.Platform.Processes;

namespace GpuGeek.EndToEnd.Tests.Processes;

/// <summary>The whole platform ends in the middle of a training, as a laptop is closed or loses its power, and is started again on the same data.</summary>
public sealed class WhenEverythingStops(Chromium chromium, ITestOutputHelper output)
{
    private const int Epochs = 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ctrl_C_leaves_no_process_and_the_next_start_goes_on_with_the_training()
    {
        using var data = new KeptData();
        Guid id;
        await using (var first = await ShapesPlatform.StartAsync(data.Root))
        {
            id = await TrainIntoTheMiddleAsync(first);
            var all = Table.Of(first);
            Assert.True(all.Count >= 7, $"Only {all.Count} processes were found.");
            var stopping = Stopwatch.GetTimestamp();
            first.Signal("INT");
            await EndAsync(first);
            output.WriteLine($"stopped {all.Count} processes in {Stopwatch.GetElapsedTime(stopping).TotalSeconds:0.0} s");
            Assert.Equal(0, first.ExitCode);
            Assert.True(await Table.AllGoneAsync(all, TimeSpan.FromSeconds(5)), "Something outlived AppHost.");
        }

        var started = Stopwatch.GetTimestamp();
        await using var second = await ShapesPlatform.StartAsync(data.Root);
        output.WriteLine($"started again in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        await AssertGoesOnAsync(second, id);
    }

    [Fact]
    public async Task Kill_9_leaves_no_process_and_loses_nothing()
    {
        using var data = new KeptData();
        Guid id;
        await using (var first = await ShapesPlatform.StartAsync(data.Root))
        {
            id = await TrainIntoTheMiddleAsync(first);
            var all = Table.Of(first);
            Assert.True(all.Count >= 7, $"Only {all.Count} processes were found.");
            first.Signal("KILL");
            Assert.True(await Table.AllGoneAsync(all, TimeSpan.FromSeconds(5)), "Something outlived AppHost.");
        }

        await using var second = await ShapesPlatform.StartAsync(data.Root);
        await AssertGoesOnAsync(second, id);
    }

    [Fact]
    public async Task The_link_of_the_next_start_signs_the_operator_in_once()
    {
        using var data = new KeptData();
        await using (var first = await ShapesPlatform.StartAsync(data.Root))
        {
            await Account.RegisterAsync(first);
            first.Signal("INT");
            await EndAsync(first);
        }

        await using var second = await ShapesPlatform.StartAsync(data.Root);
        await using var person = await chromium.NewPersonAsync(second.BaseAddress);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);
        await page.GotoAsync(second.Link);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByText("Acme").First).ToBeVisibleAsync();
        complaints.AssertNone();

        var used = await Assert.ThrowsAsync<ApiException>(() => second.Client().SignInByLinkAsync(new() { Token = second.LinkToken }, Cancel));
        Assert.Equal("link_invalid", used.Problem.Code);
    }

    /// <summary>Who was started in the background of a script ignores Ctrl-C, and so does what it starts: then this fails instead of waiting for ever.</summary>
    private static async Task EndAsync(RunningPlatform platform)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        await platform.WaitForExitAsync(patience.Token);
    }

    private static async Task<Guid> TrainIntoTheMiddleAsync(RunningPlatform platform)
    {
        var account = await Account.RegisterAsync(platform);
        var (project, version) = await account.ShapesAsync();
        var run = await account.StartSmallAsync(project, version.Id, Epochs);
        await account.UntilTrainingAsync(run.Id, 1.4);
        return run.Id;
    }

    private static async Task AssertGoesOnAsync(RunningPlatform platform, Guid id)
    {
        var account = await Account.SignInAsync(platform);
        var run = await account.SucceededAsync(id);

        Assert.Equal(2, run.Attempt);
        Assert.Equal(run.Attempt, await Books.LeasesAsync(account, id));
        await Books.AssertInOrderAsync(account, run);
        Assert.Equal(600, (await account.Api.ListDatasetsAsync(account.Org, run.Project, Cancel)).Items.Single().ImageCount);
    }
}
