using System.IO.Compression;
using System.Security.Cryptography;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.TestSupport;
using GpuGeek.Training.Tests.Peers;
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

    /// <summary>The peer has the same embeddings and chooses the same way; exact McNemar, one-sided.</summary>
    /// <param name="seed">Of the split.</param>
    [Theory(SkipUnless = nameof(LongTests.Wanted), SkipType = typeof(LongTests), Skip = LongTests.Reason)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    [InlineData(0, true)]
    public async Task Are_told_apart_by_the_solved_classifier_as_well_as_by_another_solver(int seed, bool refit)
    {
        using var run = Flowers(new() { Preset = RecipePresets.Fast, ["transfer.refit"] = refit }, seed);
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        var ours = run.Predictions();
        var theirs = await LogisticPeer.PredictAsync(run, TestContext.Current.CancellationToken);
        var labels = run.Spec.Images.Where(i => i.Split == Splits.Test).ToDictionary(i => i.Hash, i => i.Label, StringComparer.Ordinal);
        int better = labels.Count(l => ours[l.Key] == l.Value && theirs[l.Key] != l.Value),
            worse = labels.Count(l => ours[l.Key] != l.Value && theirs[l.Key] == l.Value);
        var p = AtMost(better, better + worse);
        TestContext.Current.SendDiagnosticMessage(
            "split {0}: solved {1:0.0000}, peer {2:0.0000}; right alone {3} and {4}, p {5:0.000}",
            seed,
            run.Result().TestAccuracy,
            (double)labels.Count(l => theirs[l.Key] == l.Value) / labels.Count,
            better,
            worse,
            p
        );
        Assert.True(p > 0.05, $"The peer is better: {worse} to {better}.");
    }

    /// <summary>Short runs of the whole network. Seeds differ by 1.7 points (standard deviation) in either precision, so that three of
    /// them would say nothing.</summary>
    [Fact]
    public void Are_told_apart_as_well_after_training_in_bfloat16()
    {
        Assert.SkipUnless(LongTests.Wanted, LongTests.Reason);
        double Mean(string precision) => Enumerable.Range(0, 10).Average(seed => HeldOutAccuracy(precision, seed));
        var (exact, low) = (Mean(ComputeSettings.FullPrecision), Mean(ComputeSettings.BFloat16));
        TestContext.Current.SendDiagnosticMessage("float32 {0:0.0000}, bfloat16 {1:0.0000}", exact, low);
        Assert.True(low >= exact - 0.01, $"float32 {exact:0.0000}, bfloat16 {low:0.0000}");
    }

    private static double HeldOutAccuracy(string precision, int seed)
    {
        using var run = Flowers(
            new()
            {
                Preset = RecipePresets.Balanced,
                ["compute.precision"] = precision,
                ["data.seed"] = seed,
                ["model.inputSize"] = 128,
                ["budget.epochs"] = 2,
            }
        );
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        return run.Result().TestAccuracy;
    }

    /// <returns>How likely at most so many heads are, of so many fair coins.</returns>
    private static double AtMost(int heads, int coins)
    {
        double sum = 0,
            term = Math.Pow(0.5, coins);
        for (var k = 0; k <= heads; k++, term *= (double)(coins - k + 1) / k)
            sum += term;
        return sum;
    }

    private static RunFolder Flowers(PartialRecipe choices, int seed = 0)
    {
        if (SharedData.FlowersZip is not { } zip || SharedData.WeightsFolder is not { } weights)
            throw Xunit.Sdk.SkipException.ForSkip("../shared/data/flowers5.zip or ../shared/weights is absent.");
        return new RunFolder(
            RecipePresets.Resolve(choices),
            folder => Unpack(zip, folder, seed),
            ["daisy", "dandelion", "rose", "sunflower", "tulip"],
            Path.Combine(weights, "mobilenet_v2-a176b74e.pth"),
            threads: Math.Min(2, Environment.ProcessorCount)
        );
    }

    private static RunImage[] Unpack(string zip, string folder, int seed)
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
        var pictures = new VersionPictures();
        foreach (var candidate in candidates.Values)
            pictures.Add(candidate);
        StratifiedSplit.Assign(pictures, Shares, seed);
        return [.. pictures.Entries().Select(e => new RunImage(e.Hash, Array.IndexOf(names, e.Label), e.Split))];
    }
}
