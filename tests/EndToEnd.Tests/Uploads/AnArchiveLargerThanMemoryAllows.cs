using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Json;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Datasets;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;
using Table = GpuGeek.TestSupport.Platform.Processes;

namespace GpuGeek.EndToEnd.Tests.Uploads;

public sealed class AnArchiveLargerThanMemoryAllows(ITestOutputHelper output)
{
    /// <summary>A sixth of the smallest archive: memory that grows with the archive shows.</summary>
    private const long Allowance = 100L << 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Of_600_MB_passes_the_front_door_and_is_imported_in_little_memory() => SendAsync(600_000_000);

    /// <summary>
    /// The same on files so large that a few bytes kept for each picture would show too, and that no 32-bit length holds.
    /// </summary>
    [Theory]
    [InlineData(2_500_000_000)]
    [InlineData(21_000_000_000)]
    public Task Of_gigabytes_passes_the_front_door_and_is_imported_in_little_memory(long bytes)
    {
        Assert.SkipUnless(LongTests.Wanted, LongTests.Reason);
        return SendAsync(bytes);
    }

    private async Task SendAsync(long bytes)
    {
        Assert.SkipWhen(SharedData.FlowersZip is null, "The photographs (../shared/data/flowers5.zip) are not here.");
        var free = new DriveInfo(Path.GetTempPath()).AvailableFreeSpace;
        Assert.SkipWhen(free < bytes * 2.5, $"Needs {bytes * 2.5 / 1e9:0.0} GB of disk; {free / 1e9:0.0} GB are free.");
        await using var platform = await RunningPlatform.StartAsync();
        var account = await Account.RegisterAsync(platform);
        var project = await account.Api.CreateProjectAsync(account.Org, new() { Name = "Large" }, Cancel);
        var dataset = await account.Api.CreateDatasetAsync(account.Org, new() { Project = project.Slug, Name = "large" }, Cancel);
        string[] hosts = ["Web", "Api", "Worker"];
        var pids = hosts.ToDictionary(h => h, h => Table.Host(platform, h));
        foreach (var pid in pids.Values)
            PeakMemory.Reset(pid);
        var idle = pids.ToDictionary(p => p.Key, p => PeakMemory.Of(p.Value));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var importers = PeakMemory.WatchImportersAsync(platform, done.Token);

        // Half of it pictures, half of it something else.
        var pictures = (int)(bytes / 2 / LargeArchive.PictureBytes);
        var import = await UploadAsync(account, dataset.Id, pictures, bytes - (long)pictures * LargeArchive.PictureBytes);
        import = await account.ImportedAsync(dataset.Id, import);
        await done.CancelAsync();
        foreach (var (name, pid) in pids)
            Report(name, idle[name], PeakMemory.Of(pid));
        var importer = (await importers).Values.Max();
        Report("importer", 0, importer);

        Assert.Equal(pictures, import.Accepted);
        Assert.Equal(1, import.Skipped);
        foreach (var (name, pid) in pids)
            Assert.InRange(PeakMemory.Of(pid), 0, idle[name] + Allowance);
        // It is never idle: the worker that started it is the same program, waiting.
        Assert.InRange(importer, 0, idle["Worker"] + Allowance);
    }

    private async Task<ImportResponse> UploadAsync(Account account, Guid dataset, int pictures, long noise)
    {
        using var http = account.Platform.Http(account.Token);
        using var archive = new LargeArchive(Picture(), pictures, noise);
        var started = Stopwatch.GetTimestamp();
        using var response = await http.PutAsync(
            new Uri($"api/v1/orgs/{account.Org}/datasets/{dataset}/imports/large.zip", UriKind.Relative),
            archive,
            Cancel
        );
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
        output.WriteLine($"{archive.Sent / 1e9:0.00} GB sent in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
        return (await response.Content.ReadFromJsonAsync<ImportResponse>(GpuGeekClient.Json, Cancel))!;
    }

    private void Report(string name, long idle, long peak) =>
        output.WriteLine($"{name}: peak {peak / 1e6:0} MB, {(peak - idle) / 1e6:0} MB above idle");

    private static byte[] Picture()
    {
        using var archive = ZipFile.OpenRead(SharedData.FlowersZip!);
        using var entry = archive.Entries.First(e => e.Name.EndsWith(".jpg", StringComparison.Ordinal)).Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }
}
