using System.IO.Compression;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;

namespace GpuGeek.EndToEnd.Tests.Scripts;

public sealed class TheRoadAsAScript(ITestOutputHelper output)
{
    private const int PerClass = 30;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_as_printed_from_nothing_to_a_prediction()
    {
        Assert.SkipWhen(SharedData.FlowersZip is null, "The photographs (../shared/data/flowers5.zip) are not here.");
        Assert.SkipWhen(SharedData.WeightsFolder is null, "The pretrained weights (../shared/weights) are not here.");
        Assert.SkipUnless(File.Exists("/usr/bin/jq") && File.Exists("/usr/bin/curl"), "curl and jq are needed.");
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.At("flowers.zip"), folder.At("photo.jpg"));
        await using var platform = await RunningPlatform.StartAsync(fromNothing: true);

        var said = await Terminal.RunAsync(
            folder.Root,
            new()
            {
                ["BASE"] = platform.BaseAddress.ToString().TrimEnd('/'),
                ["SETUP_TOKEN"] = platform.LinkToken,
                ["ZIP"] = folder.At("flowers.zip"),
                ["IMAGE"] = folder.At("photo.jpg"),
            },
            Path.Combine(SharedData.RepositoryRoot, "docs/main-road.sh")
        );

        output.WriteLine(said);
        Assert.Contains($"\"accepted\":{5 * PerClass}", said, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"live\"", said, StringComparison.Ordinal);
        Assert.Contains("\"probability\":", said.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
    }

    private static async Task MakeAsync(string archive, string photo)
    {
        using var all = await ZipFile.OpenReadAsync(SharedData.FlowersZip!, Cancel);
        using var few = await ZipFile.OpenAsync(archive, ZipArchiveMode.Create, Cancel);
        foreach (
            var entry in all
                .Entries.Where(e => e.Name.Length > 0)
                .GroupBy(e => Path.GetDirectoryName(e.FullName))
                .SelectMany(c => c.Take(PerClass))
        )
        {
            await using var from = await entry.OpenAsync(Cancel);
            await using var to = await few.CreateEntry(entry.FullName, CompressionLevel.NoCompression).OpenAsync(Cancel);
            await from.CopyToAsync(to, Cancel);
        }
        await all.Entries.First(e => e.Name.Length > 0).ExtractToFileAsync(photo, Cancel);
    }
}
