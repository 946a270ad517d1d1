using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Runs;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Training;

/// <summary>
/// The real trainer, killed with signal 9 again and again and started again by nobody but the test. It keeps a checkpoint as often as it
/// can, on the thread that writes, so many kills hit a checkpoint that is not whole yet; half of them wait for one.
/// </summary>
public sealed class ATrainerKilledAgainAndAgain : IDisposable
{
    private const string EveryPart =
        "compute.precision=bfloat16 "
        + "optimizer.clipNorm=1 data.microBatch=4 regularization.dropout=0.3 regularization.stochasticDepth=0.2 regularization.mixUp=0.4 "
        + "averaging.kind=exponential averaging.soup=3";
    private const string PartialTraining =
        "transfer.frozenNorms=true transfer.unfreezeEpochs=1 regularization.cutMix=1 optimizer.kind=sgd data.sampler=oversample "
        + "data.repeats=2";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gpugeek-kills-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(EveryPart, 3)]
    [InlineData(PartialTraining, 1)]
    public Task Ends_with_the_bits_of_one_that_was_left_alone(string settings, int kills) => CompareAsync(settings, kills, epochs: 4);

    [Theory(SkipUnless = nameof(LongTests.Wanted), SkipType = typeof(LongTests), Skip = LongTests.Reason)]
    [InlineData(EveryPart, 30)]
    [InlineData(PartialTraining, 10)]
    public Task Ends_so_after_forty_kills(string settings, int kills) => CompareAsync(settings, kills, epochs: 20);

    private async Task CompareAsync(string settings, int kills, int epochs)
    {
        var recipe = RecipeOf(settings, epochs);
        var (whole, killed) = (Write("whole", recipe), Write("killed", recipe));
        Assert.Equal(TrainExitCode.Succeeded, await EndAsync(Start(whole)));
        var unfinished = 0;
        for (var i = 0; i < kills; i++)
            unfinished += await KillAsync(killed, CounterRandom.Keyed(11, kills, i), waitsForAWrite: i % 2 == 1) ? 1 : 0;
        Assert.Equal(TrainExitCode.Succeeded, await EndAsync(Start(killed)));

        foreach (var file in (string[])[ResultFiles.Weights, ResultFiles.Onnx, ResultFiles.Predictions])
            Assert.Equal(Hash(whole, file), Hash(killed, file));
        Assert.Equal(Points(whole), Points(killed));
        TestContext.Current.SendDiagnosticMessage($"{kills} kills, {unfinished} of them while a checkpoint was written.");
    }

    /// <summary>Starts the trainer and kills it after a few events of its own.</summary>
    /// <returns>Whether a checkpoint was being written.</returns>
    private static async Task<bool> KillAsync(RunDirectory run, CounterRandom random, bool waitsForAWrite)
    {
        var before = Lines(run);
        var after = before + 1 + random.Below(6);
        using var trainer = Start(run);
        await Eventually.HoldsAsync(
            () =>
            {
                Assert.False(trainer.HasExited, "The trainer ended before it was killed.");
                return Lines(run) >= after && (!waitsForAWrite || IsWriting(run));
            },
            isTheMoment => isTheMoment
        );
        Signals.Send(trainer.Id, Signals.Kill);
        await trainer.WaitForExitAsync(Cancel);
        return IsWriting(run);
    }

    private static bool IsWriting(RunDirectory run) =>
        Directory.Exists(run.Checkpoints) && Directory.EnumerateDirectories(run.Checkpoints, "*.tmp").Any();

    private static int Lines(RunDirectory run)
    {
        if (!File.Exists(run.Events))
            return 0;
        using var file = new FileStream(run.Events, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Count(c => c == '\n');
    }

    private static Process Start(RunDirectory run)
    {
        var process = Process.Start(
            new ProcessStartInfo(OwnExecutable.Path, ["train", run.Root, "--checkpoint-seconds", "0"]) { RedirectStandardOutput = true }
        )!;
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task<int> EndAsync(Process trainer)
    {
        using (trainer)
        {
            await trainer.WaitForExitAsync(Cancel);
            return trainer.ExitCode;
        }
    }

    private static Recipe RecipeOf(string settings, int epochs)
    {
        var request = new PartialRecipe
        {
            Preset = RecipePresets.Balanced,
            ["model.architecture"] = "mobilenet_v3_small",
            ["model.inputSize"] = 64,
            ["budget.epochs"] = epochs,
            ["data.batchSize"] = 8,
            ["transfer.pretrained"] = false,
            ["compute.precision"] = ComputeSettings.FullPrecision,
        };
        foreach (var setting in settings.Split(' '))
            request.Set(setting);
        return RecipePresets.Resolve(request);
    }

    private RunDirectory Write(string name, Recipe recipe)
    {
        var run = new RunDirectory(Path.Combine(_folder.FullName, name));
        var images = Path.Combine(_folder.FullName, "images");
        Directory.CreateDirectory(images);
        RunPreparation.WriteSpec(
            run,
            new()
            {
                RunId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
                Attempt = 1,
                Recipe = recipe,
                Classes = ["cat", "dog"],
                Images = [.. Enumerable.Range(0, 72).Select(i => Picture(images, i))],
                ImagesDirectory = images,
                Threads = 1,
                Model = "kills",
                ModelVersion = 1,
            }
        );
        return run;
    }

    private static RunImage Picture(string folder, int number)
    {
        var bytes = Zips.Picture(number);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        File.WriteAllBytes(Path.Combine(folder, hash), bytes);
        return new(
            hash,
            number % 2,
            (number / 2 % 6) switch
            {
                0 => Splits.Val,
                1 => Splits.Test,
                _ => Splits.Train,
            }
        );
    }

    private static string Hash(RunDirectory run, string file) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(run.Result, file))));

    /// <summary>All points that are no timing; a step that was done twice has one.</summary>
    private static List<(string Name, long Step, double Value)> Points(RunDirectory run) =>
        [
            .. File.ReadLines(run.Events)
                .Select(line => JsonSerializer.Deserialize<RunEvent>(line, RunDirectory.Json))
                .OfType<MetricEvent>()
                .Where(m => m.Name is not (MetricNames.ImagesPerSecond or MetricNames.MemoryBytes))
                .Select(m => (m.Name, m.Step, m.Value))
                .Order(),
        ];
}
