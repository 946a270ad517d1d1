using System.IO.Compression;
using System.Security.Cryptography;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.TestSupport;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Engine;

/// <summary>Photographs of five flowers, 1,500 of them: half to train, four tenths to test.</summary>
public sealed class FiveFlowers
{
    private static readonly SplitFractions Shares = new(0.5, 0.1, 0.4);

    /// <summary>The end-to-end tests train the same from a browser, and ask the same of it.</summary>
    [Fact]
    public void Are_told_apart_by_the_fast_preset()
    {
        Assert.SkipUnless(LongTests.Wanted, LongTests.Reason);
        using var run = Flowers(new PartialRecipe { Preset = RecipePresets.Fast });
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        TestContext.Current.SendDiagnosticMessage("fast: test accuracy {0}, {1} s", run.Result().TestAccuracy, run.Result().TrainSeconds);
        Assert.Equal(600, run.Result().TestCount);
        Assert.True(run.Result().TestAccuracy >= 0.85, $"{run.Result().TestAccuracy}");
        Assert.InRange(run.Result().OnnxMaxDifference, 0, 1e-3);
    }

    /// <summary>Minutes: run by hand with <c>-explicit only</c>.</summary>
    [Fact(Explicit = true)]
    public void Are_told_apart_better_by_the_balanced_preset()
    {
        using var fast = Flowers(new PartialRecipe { Preset = RecipePresets.Fast });
        using var balanced = Flowers(new PartialRecipe { Preset = RecipePresets.Balanced });
        Assert.Equal(TrainExitCode.Succeeded, fast.Train());
        Assert.Equal(TrainExitCode.Succeeded, balanced.Train());
        Console.WriteLine(
            $"fast {fast.Result().TestAccuracy:0.0000}, balanced {balanced.Result().TestAccuracy:0.0000} in "
                + $"{balanced.Result().TrainSeconds:0} s"
        );
        Assert.True(balanced.Result().TestAccuracy >= Math.Max(0.88, fast.Result().TestAccuracy));
    }

    private static RunFolder Flowers(PartialRecipe choices)
    {
        if (SharedData.FlowersZip is not { } zip || SharedData.WeightsFolder is not { } weights)
            throw Xunit.Sdk.SkipException.ForSkip("../shared/data/flowers5.zip or ../shared/weights is absent.");
        return new RunFolder(
            RecipePresets.Resolve(choices),
            folder => Unpack(zip, folder),
            ["daisy", "dandelion", "rose", "sunflower", "tulip"],
            Path.Combine(weights, "mobilenet_v2-a176b74e.pth"),
            threads: Math.Min(2, Environment.ProcessorCount)
        );
    }

    private static RunImage[] Unpack(string zip, string folder)
    {
        Directory.CreateDirectory(folder);
        using var archive = ZipFile.OpenRead(zip);
        var candidates = new Dictionary<string, SplitCandidate>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries.Where(e => e.Name.EndsWith(".jpg", StringComparison.Ordinal)))
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()));
            File.WriteAllBytes(Path.Combine(folder, hash), bytes.ToArray());
            candidates[hash] = new SplitCandidate(hash, entry.FullName.Split('/')[^2], null);
        }
        string[] names = [.. candidates.Values.Select(c => c.Label).Distinct().Order(StringComparer.Ordinal)];
        return
        [
            .. StratifiedSplit
                .Assign(candidates.Values, Shares, seed: 0)
                .OrderBy(e => e.Hash, StringComparer.Ordinal)
                .Select(e => new RunImage(e.Hash, Array.IndexOf(names, e.Label), e.Split)),
        ];
    }
}
