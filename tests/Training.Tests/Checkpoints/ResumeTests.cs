using System.Globalization;
using System.Text.Json.Nodes;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Checkpoints;

/// <summary>A run cut anywhere and resumed must end with the bits of the uninterrupted run.</summary>
public sealed class ARunCutAndResumed(UninterruptedRuns uninterrupted) : IClassFixture<UninterruptedRuns>
{
    /// <summary>Events that are written by the middle of the second epoch: 51 pictures are 6 batches of 8.</summary>
    private const int SecondEpoch = 36;

    public static TheoryData<string, string> Cuts =>
        new()
        {
            { "mobilenet_v2", "11" },
            { "mobilenet_v2", "3,7,29" },
            { "mobilenet_v2", "22" },
            { "resnet18", "9,15,8" },
        };

    /// <summary>Events after which each attempt is stopped: before the first step, in the middle of an epoch, in its validation, again and
    /// again.</summary>
    [Theory, MemberData(nameof(Cuts))]
    public void Ends_with_the_same_weights_and_no_point_has_two_values(string architecture, string cuts)
    {
        var recipe = TestRecipes.Tiny(architecture) with { Augmentation = TestRecipes.Augmented };
        var whole = uninterrupted.Of(recipe);
        using var cut = Folder(recipe);
        foreach (var events in cuts.Split(',').Select(int.Parse))
            Assert.Equal(TrainExitCode.Stopped, cut.TrainUntil(events));
        Assert.Equal(TrainExitCode.Succeeded, cut.Train());

        Assert.Equal(Hash(whole), Hash(cut));
        Assert.Equal(whole.Result().OnnxHash, cut.Result().OnnxHash);
        Assert.Equal(whole.Result().Temperature, cut.Result().Temperature);
        Assert.Equal(
            File.ReadAllBytes(whole.ResultPath(ResultFiles.Predictions)),
            File.ReadAllBytes(cut.ResultPath(ResultFiles.Predictions))
        );
        var (expected, got) = (Curve(whole), Curve(cut));
        Assert.Equal(got.Count, cut.Events().OfType<MetricEvent>().Count(Deterministic)); // no (name, step) twice
        Assert.Equal(expected.OrderBy(p => p.Key), got.OrderBy(p => p.Key));
    }

    /// <summary>An upgrade in the middle of a run: what a new version knows more must not make it start again.</summary>
    [Fact]
    public void Whose_spec_is_of_before_a_setting_existed_goes_on_from_its_checkpoint()
    {
        var recipe = TestRecipes.Tiny() with { Augmentation = TestRecipes.Augmented };
        var whole = uninterrupted.Of(recipe);
        using var cut = Folder(recipe);
        Assert.Equal(TrainExitCode.Stopped, cut.TrainUntil(22));
        var spec = JsonNode.Parse(File.ReadAllBytes(cut.Files.Spec))!;
        Assert.True(spec["recipe"]!["optimizer"]!.AsObject().Remove("clipNorm"));
        Assert.True(spec["recipe"]!.AsObject().Remove("regularization"));
        spec["recipe"]!["regularization"] = new JsonObject();
        foreach (var section in (string[])["averaging", "stopping"])
            Assert.True(spec["recipe"]!.AsObject().Remove(section));
        foreach (
            var path in (string[])
                [
                    "optimizer.kind",
                    "optimizer.beta2",
                    "schedule.kind",
                    "loss.kind",
                    "loss.classWeights",
                    "augmentation.policy",
                    "augmentation.preset",
                    "augmentation.blurSigma",
                    "augmentation.verticalFlip",
                ]
        )
            Assert.True(spec["recipe"]![path.Split('.')[0]]!.AsObject().Remove(path.Split('.')[1]));
        File.WriteAllText(cut.Files.Spec, spec.ToJsonString());
        Assert.Equal(TrainExitCode.Succeeded, cut.Train());
        Assert.Equal(Hash(whole), Hash(cut));
        Assert.Equal(Curve(cut).Count, cut.Events().OfType<MetricEvent>().Count(Deterministic));
    }

    [Theory]
    [InlineData("optimizer.clipNorm=0.01")]
    [InlineData(
        "data.microBatch=3 regularization.dropout=0.4 regularization.mixUp=0.4 regularization.cutMix=1 optimizer.clipNorm=1 "
            + "averaging.kind=exponential"
    )]
    [InlineData("transfer.unfreezeEpochs=1 transfer.layerDecay=0.5 transfer.frozenNorms=true")]
    [InlineData("optimizer.kind=sgd optimizer.nesterov=true schedule.kind=plateau schedule.patience=0 averaging.kind=exponential")]
    [InlineData("optimizer.kind=rmsprop optimizer.decayAll=true schedule.kind=one-cycle loss.kind=focal loss.classWeights=effective")]
    [InlineData("optimizer.kind=adam schedule.kind=multi-step schedule.milestones=1 loss.classWeights=inverse averaging.kind=exponential")]
    [InlineData(
        "augmentation.preset=strong augmentation.hue=0.1 augmentation.shift=0.1 augmentation.perspective=0.5 augmentation.blur=0.5"
    )]
    public void With_other_parts_ends_with_weights_of_its_own(string settings)
    {
        var recipe = TestRecipes.Tiny() with { Augmentation = TestRecipes.Augmented };
        var partial = new PartialRecipe { Preset = RecipePresets.Balanced };
        foreach (var setting in settings.Split(' '))
            partial.Set(setting);
        var other = RecipeDocument.Apply(recipe, partial);
        using var straight = Folder(other);
        using var cut = Folder(other);
        Assert.Equal(TrainExitCode.Succeeded, straight.Train());
        Assert.Equal(TrainExitCode.Stopped, cut.TrainUntil(11));
        // In the second epoch, so that what the first one's validation taught is resumed too.
        Assert.Equal(TrainExitCode.Stopped, cut.TrainUntil(22));
        Assert.Equal(TrainExitCode.Succeeded, cut.Train());
        Assert.Equal(Hash(straight), Hash(cut));
        Assert.NotEqual(Hash(uninterrupted.Of(recipe)), Hash(straight));
    }

    [Fact]
    public void After_a_kill_goes_on_from_the_last_checkpoint_and_repeats_the_same_points()
    {
        var recipe = TestRecipes.Tiny() with { Augmentation = TestRecipes.Augmented };
        var whole = uninterrupted.Of(recipe);
        using var killed = Folder(recipe);
        Assert.Equal(TrainExitCode.Stopped, killed.TrainUntil(SecondEpoch, checkpointEvery: TimeSpan.FromHours(1)));
        // What a kill leaves: no checkpoint since the first epoch's, points of some steps after it, the last one torn.
        Directory.Delete(Newest(killed), recursive: true);
        File.AppendAllText(killed.Files.Events, """{"type":"metric","name":"train/lo""");
        Assert.Equal(TrainExitCode.Succeeded, killed.Train());
        Assert.Equal(Hash(whole), Hash(killed));
        Assert.Equal(Curve(whole).OrderBy(p => p.Key), Curve(killed).OrderBy(p => p.Key));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void With_other_threads_says_that_it_is_not_bitwise(int threads, bool isSaid)
    {
        using var run = Folder(TestRecipes.Tiny(epochs: 1));
        Assert.Equal(TrainExitCode.Stopped, run.TrainUntil(11));
        run.WriteSpec(run.Spec with { Threads = threads });
        var log = ThePartsOfACheckpoint.Logged(() => Assert.Equal(TrainExitCode.Succeeded, run.Train()));
        Assert.Equal(isSaid, log.Contains("Not bitwise: this training ran on ", StringComparison.Ordinal));
        Assert.Equal(isSaid ? [1, threads] : [1], run.Result().Environments.Select(ThreadsIn));

        static int ThreadsIn(string environment) => int.Parse(environment.Split(", ")[^1].Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.Equal(isSaid, log.Contains(", 1 thread and goes on with ", StringComparison.Ordinal));
        Assert.Contains("Resuming at step", log, StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_no_byte_into_result_files_of_an_earlier_attempt_that_the_store_has_linked()
    {
        using var run = Folder(TestRecipes.Tiny());
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        var stored = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(run.Files.Result))
            stored.Add(path, path + ".stored");
        foreach (var (path, link) in stored)
        {
            using var ln = System.Diagnostics.Process.Start("ln", [path, link]);
            ln.WaitForExit();
            // Equal bytes would not show a file that was written in place.
            File.AppendAllText(link, "stored");
        }
        // The worker died between the upload and its commit: another attempt does it again.
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        foreach (var (path, link) in stored)
        {
            Assert.EndsWith("stored", File.ReadAllText(link), StringComparison.Ordinal);
            Assert.False(File.ReadAllText(path).EndsWith("stored", StringComparison.Ordinal), path);
        }
    }

    [Fact]
    public void Passes_over_a_checkpoint_whose_bytes_changed()
    {
        using var run = Folder(TestRecipes.Tiny());
        Assert.Equal(TrainExitCode.Stopped, run.TrainUntil(SecondEpoch));
        var newest = Newest(run);
        var network = Path.Combine(newest, "network.safetensors");
        var bytes = File.ReadAllBytes(network);
        bytes[^5] ^= 1;
        File.WriteAllBytes(network, bytes);
        var loaded = new CheckpointStore(run.Files.Checkpoints).LoadNewest(Fingerprint(run), Parts);
        Assert.Equal(6, loaded!.Progress.Step); // the one of the first epoch
        Assert.Null(new CheckpointStore(run.Files.Checkpoints).LoadNewest("another recipe", Parts));
    }

    [Fact]
    public void Keeps_two_checkpoints_and_each_is_named_with_the_hashes_of_its_files()
    {
        using var run = Folder(TestRecipes.Tiny(epochs: 4));
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        Assert.Equal(2, Directory.GetDirectories(run.Files.Checkpoints).Length);
        var last = run.Events().OfType<CheckpointEvent>().Last();
        Assert.Equal(24, last.Step);
        foreach (var file in last.Files)
        {
            using var stream = File.OpenRead(Path.Combine(run.Files.Checkpoints, last.Name, file.Name));
            Assert.Equal(file.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream)));
            Assert.Equal(file.Size, stream.Length);
        }
        Assert.Equal(Directory.GetFiles(Path.Combine(run.Files.Checkpoints, last.Name)).Length, last.Files.Length);
    }

    [Fact]
    public void Checkpoints_inside_an_epoch_when_it_is_told_to()
    {
        using var run = Folder(TestRecipes.Tiny(epochs: 1));
        Assert.Equal(TrainExitCode.Succeeded, run.Train(checkpointEvery: TimeSpan.Zero));
        var steps = run.Events().OfType<CheckpointEvent>().Select(c => c.Step).ToList();
        Assert.Equal(steps.Order(), steps);
        Assert.Equal(6, steps[^1]);
        Assert.Contains(steps, step => step < 6);
    }

    internal static RunFolder Folder(Recipe recipe) => new(recipe, folder => ShapePictures.Write(folder, 17, 4, 4, side: 40));

    private static readonly string[] Parts = ["network", "best", "optimizer"];

    private static string Newest(RunFolder run) => Directory.GetDirectories(run.Files.Checkpoints).Max(StringComparer.Ordinal)!;

    private static string Fingerprint(RunFolder run) =>
        System
            .Text.Json.JsonSerializer.Deserialize<TrainingProgress>(
                File.ReadAllBytes(Path.Combine(Newest(run), "progress.json")),
                RunDirectory.Json
            )!
            .Fingerprint;

    private static string Hash(RunFolder run) => ModuleState.Read(run.ResultPath(ResultFiles.Weights)).Hash();

    private static bool Deterministic(MetricEvent m) => m.Name is not (MetricNames.ImagesPerSecond or MetricNames.MemoryBytes);

    private static Dictionary<(string, long), double> Curve(RunFolder run)
    {
        var curve = new Dictionary<(string, long), double>();
        foreach (var m in run.Events().OfType<MetricEvent>().Where(Deterministic))
            curve[(m.Name, m.Step)] = m.Value;
        return curve;
    }
}

/// <summary>What the cut runs are compared with, trained once for each architecture.</summary>
public sealed class UninterruptedRuns : IDisposable
{
    private readonly Dictionary<string, RunFolder> _runs = new(StringComparer.Ordinal);

    internal RunFolder Of(Recipe recipe)
    {
        if (_runs.TryGetValue(recipe.Model.Architecture, out var run))
            return run;
        run = _runs[recipe.Model.Architecture] = ARunCutAndResumed.Folder(recipe);
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        return run;
    }

    public void Dispose()
    {
        foreach (var run in _runs.Values)
            run.Dispose();
    }
}
