using System.Globalization;
using System.Net;
using GpuGeek.Contracts.Runs;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using static Microsoft.Playwright.Assertions;
using Table = GpuGeek.TestSupport.Platform.Processes;

namespace GpuGeek.EndToEnd.Tests.Processes;

/// <summary>Each process of a running platform is killed while a training runs.</summary>
[Collection(ShapesScenarios.Name)]
public sealed class WhenAPartIsKilled(ShapesPlatform shapes, Chromium chromium, ITestOutputHelper output)
{
    private const int Epochs = 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private Account Account => shapes.Account;

    [Fact]
    public async Task The_trainer_in_mid_epoch__the_run_goes_on_from_its_checkpoint()
    {
        var run = await Account.StartSmallAsync(shapes.Project, shapes.Version, Epochs);
        await Account.UntilTrainingAsync(run.Id, 1.4);
        Table.Signal(Table.Host(shapes.Platform, "Worker", "train"), "KILL");

        run = await Account.SucceededAsync(run.Id);

        AssertTakenUpAgain(run);
        Assert.Equal(run.Attempt, await Books.LeasesAsync(Account, run.Id));
        await Books.AssertInOrderAsync(Account, run);
    }

    [Fact]
    public async Task The_worker__it_is_started_again_and_takes_its_run_over()
    {
        var run = await Account.StartSmallAsync(shapes.Project, shapes.Version, Epochs);
        await Account.UntilTrainingAsync(run.Id, 1.4);
        var (worker, trainer) = (Table.Host(shapes.Platform, "Worker"), Table.Host(shapes.Platform, "Worker", "train"));
        Table.Signal(worker, "KILL");
        Assert.True(await Table.AllGoneAsync([worker, trainer], TimeSpan.FromSeconds(5)), "The trainer outlived its worker.");

        run = await Account.SucceededAsync(run.Id);

        AssertTakenUpAgain(run);
        Assert.NotEqual(worker, Table.Host(shapes.Platform, "Worker"));
        Assert.Equal(run.Attempt, await Books.LeasesAsync(Account, run.Id));
        await Books.AssertInOrderAsync(Account, run);
    }

    [Fact]
    public async Task The_api_under_an_open_page__no_point_is_lost_or_doubled()
    {
        var run = await Account.StartSmallAsync(shapes.Project, shapes.Version, Epochs);
        await using var person = await chromium.SignedInAsync(shapes.Platform);
        var page = await person.NewPageAsync();
        await page.GotoAsync($"/{Account.Org}/{shapes.Project}/runs/{run.Id}");
        await page.WaitForFunctionAsync(
            "() => Number(document.querySelector('[data-testid=run]')?.dataset.points) > 20",
            null,
            new() { Timeout = 60_000 }
        );
        await page.EvaluateAsync("window.neverReloaded = true");
        var before = Table.Host(shapes.Platform, "Api");
        Table.Signal(before, "KILL");
        Assert.True(await Table.AllGoneAsync([before], TimeSpan.FromSeconds(5)));
        await UntilReadyAsync();

        run = await Account.SucceededAsync(run.Id);

        Assert.NotEqual(before, Table.Host(shapes.Platform, "Api"));
        Assert.Equal(1, run.Attempt);
        var points = (await Account.Api.GetMetricsAsync(Account.Org, run.Id, ct: Cancel)).Items.Count;
        output.WriteLine($"{points} points over a restart of the Api");
        await Expect(page.GetByTestId("run")).ToHaveAttributeAsync("data-points", points.ToString(CultureInfo.InvariantCulture));
        await Expect(page.GetByTestId("accuracy")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.neverReloaded === true"));
        await Books.AssertInOrderAsync(Account, run);
    }

    [Fact]
    public async Task The_database__it_is_started_again_and_the_run_goes_on()
    {
        var run = await Account.StartSmallAsync(shapes.Project, shapes.Version, Epochs);
        await Account.UntilTrainingAsync(run.Id, 1.4);
        var hosts = Table.Hosts(shapes.Platform);
        var before = Table.Postmaster(shapes.Platform);
        Table.Signal(before, "KILL");

        var refused = await UntilServedAsync();
        output.WriteLine($"{refused} requests were answered 503 meanwhile");
        Assert.NotEqual(before, Table.Postmaster(shapes.Platform));
        run = await Account.SucceededAsync(run.Id);

        // The Worker keeps its lease over the restart, unless that takes longer than a lease lasts.
        Assert.InRange(run.Attempt, 1, 2);
        Assert.Equal(hosts, Table.Hosts(shapes.Platform));
        Assert.Equal(run.Attempt, await Books.LeasesAsync(Account, run.Id));
        await Books.AssertInOrderAsync(Account, run);
    }

    /// <summary>Once, and where the machine's disk stands still for longer than a lease lasts, once more: what must hold either way is in
    /// the books.</summary>
    private static void AssertTakenUpAgain(RunResponse run) => Assert.InRange(run.Attempt, 2, 3);

    /// <summary>Sends requests until three responses in a row succeed. Only 503 is allowed while the database is not available.</summary>
    private async Task<int> UntilServedAsync()
    {
        using var http = shapes.Platform.Http(Account.Token);
        var (refused, good) = (0, 0);
        await Eventually.HoldsAsync(AskAsync, inARow => inARow >= 3);
        await UntilReadyAsync();
        return refused;

        async Task<int> AskAsync()
        {
            using var response = await http.GetAsync(new Uri($"api/v1/orgs/{Account.Org}/projects", UriKind.Relative), Cancel);
            Assert.True(
                response.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable,
                $"{(int)response.StatusCode}\n{shapes.Platform.Log("Api")}"
            );
            if (!response.IsSuccessStatusCode)
                refused++;
            return good = response.IsSuccessStatusCode ? good + 1 : 0;
        }
    }

    private async Task UntilReadyAsync()
    {
        using var http = shapes.Platform.Http();
        await Eventually.HoldsAsync(
            async () =>
            {
                using var response = await http.GetAsync(new Uri("readyz", UriKind.Relative), Cancel);
                var body = await response.Content.ReadAsStringAsync(Cancel);
                return (response.IsSuccessStatusCode, Answer: $"{(int)response.StatusCode}: {body}");
            },
            ready => ready.IsSuccessStatusCode
        );
    }
}
