using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;
using static Microsoft.Playwright.Assertions;
using Table = GpuGeek.TestSupport.Platform.Processes;

namespace GpuGeek.EndToEnd.Tests.Processes;

/// <summary>
/// The whole platform, its database included, on a disk of little more than a gigabyte that somebody else fills to the last byte. A full
/// disk
/// ended AppHost, and with it everything.
/// </summary>
public sealed class WhenTheDiskIsFull(Chromium chromium, ITestOutputHelper output)
{
    private const long Disk = 1200L << 20;

    /// <summary>After this time a program that dies for its own reasons has failed permanently, with some seconds to spare.</summary>
    private static readonly TimeSpan FiveQuickDeaths = TimeSpan.FromSeconds(12);
    private static readonly Dictionary<string, string> Small = new()
    {
        ["GPUGEEK_RESERVE_BYTES"] = (128 << 20).ToString(CultureInfo.InvariantCulture),
        ["GPUGEEK_BALLAST_BYTES"] = (64 << 20).ToString(CultureInfo.InvariantCulture),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_ends_every_page_says_so_and_everything_goes_on_when_space_is_freed()
    {
        using var disk = SmallDisk.Mount(Disk);
        Assert.SkipWhen(disk is null, "Mounting a file system is not allowed here.");
        await using var platform = await RunningPlatform.StartAsync(disk!.Root, Small);
        var account = await Account.RegisterAsync(platform);
        var (project, version) = await account.ShapesAsync();
        var hosts = Table.Hosts(platform);

        disk.Take(Disk - (128 << 20) - Used(disk));
        await UntilReadyzSaysAsync(platform, "disk space is low");
        await SeesTheNoteAsync(platform, account, project);
        Assert.Equal("disk_full", await CreationOfARunAsync(platform, account, project, version.Id));
        Assert.NotEmpty((await account.Api.ListProjectsAsync(account.Org, Cancel)).Items);

        // The database uses the ballast's space, and then that is full as well.
        await Eventually.HoldsAsync(() => Full(disk), hasBallast => !hasBallast);
        disk.Fill();
        Table.Signal(Table.Postmaster(platform), "KILL");
        var killed = Stopwatch.GetTimestamp();
        await UntilAsync(platform, account, HttpStatusCode.ServiceUnavailable);
        await Eventually.HoldsAsync(
            () =>
            {
                Assert.True(Table.IsAlive(platform.ProcessId), "The platform has ended.");
                return Stopwatch.GetElapsedTime(killed);
            },
            elapsed => elapsed > FiveQuickDeaths
        );

        disk.Empty();
        await UntilAsync(platform, account, HttpStatusCode.OK);
        Assert.Equal(hosts, Table.Hosts(platform));
        var run = await account.StartSmallAsync(project, version.Id, epochs: 1);
        await Books.AssertInOrderAsync(account, await account.SucceededAsync(run.Id));
        output.WriteLine(platform.Log("PostgreSQL"));
    }

    /// <returns>Whether there is a ballast that could still be deleted.</returns>
    private static bool Full(SmallDisk disk)
    {
        disk.Fill();
        return File.Exists(disk.At("ballast"));
    }

    private static long Used(SmallDisk disk) => Disk - disk.Free;

    private async Task SeesTheNoteAsync(RunningPlatform platform, Account account, string project)
    {
        await using var person = await chromium.SignedInAsync(platform);
        var page = await person.NewPageAsync();
        foreach (var path in (string[])[$"/{account.Org}", $"/{account.Org}/{project}/runs", "/account"])
        {
            await page.GotoAsync(path);
            await Expect(page.GetByText("disk space").First).ToBeVisibleAsync();
        }
    }

    private static async Task<string?> CreationOfARunAsync(RunningPlatform platform, Account account, string project, Guid version)
    {
        using var http = platform.Http(account.Token);
        using var answer = await http.PostAsJsonAsync(
            $"api/v1/orgs/{account.Org}/runs",
            new
            {
                project,
                datasetVersion = version,
                recipe = new { preset = "fast" },
            },
            Cancel
        );
        return (await answer.Content.ReadFromJsonAsync<Problem>(Cancel))?.Code;
    }

    private static Task<string> UntilReadyzSaysAsync(RunningPlatform platform, string text) =>
        Eventually.HoldsAsync(
            async () =>
            {
                using var http = platform.Http();
                return await http.GetStringAsync(new Uri("readyz", UriKind.Relative), Cancel);
            },
            body => body.Contains(text, StringComparison.Ordinal)
        );

    private static Task<HttpStatusCode> UntilAsync(RunningPlatform platform, Account account, HttpStatusCode wanted) =>
        Eventually.HoldsAsync(
            async () =>
            {
                using var http = platform.Http(account.Token);
                using var answer = await http.GetAsync(new Uri($"api/v1/orgs/{account.Org}/projects", UriKind.Relative), Cancel);
                return answer.StatusCode;
            },
            status => status == wanted
        );

    private sealed record Problem(string Code);
}
