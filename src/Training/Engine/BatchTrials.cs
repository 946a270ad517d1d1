using System.Globalization;
using System.Text.Json;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Engine;

/// <summary>Measures a training in a process of its own, which may run out of memory without harm to this one.</summary>
public interface ITrialProcess
{
    /// <summary>As <see cref="TrainingProgram.Probe"/>: what it has seen is in the directory's events.</summary>
    /// <param name="longest">Of its training steps.</param>
    /// <returns>Exit code; one of <see cref="TrainExitCode"/>, or another where it was killed.</returns>
    int Probe(RunDirectory directory, TimeSpan longest, CancellationToken stop);
}

/// <summary>
/// The batch that this machine trains fastest (<c>data.fitBatch</c>): batches of 4 and more train for some seconds, each in a process of
/// its own. Taken is the smallest that comes close to the fastest, since smaller batches make more steps of an epoch.
/// </summary>
internal sealed class BatchTrials(RunContext context, ITrialProcess process)
{
    private const int Smallest = 4,
        Largest = 256;

    /// <summary>An epoch of fewer steps has too few updates.</summary>
    private const int StepsOfAnEpoch = 20;

    /// <summary>Of the fastest batch's pictures a second.</summary>
    private const double CloseEnough = 0.95;

    /// <summary>The rest is for the best network, checkpoints and the other processes of the machine.</summary>
    private const double MostMemory = 0.7;

    /// <summary>Larger batches than one that is slower than the fastest bring nothing.</summary>
    private const int MostWithoutGain = 2;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    private string Folder => Path.Combine(context.Directory.Root, "trials");

    private string Chosen => Path.Combine(Folder, "chosen.json");

    private int TrainingPictures => context.Spec.Images.Count(i => i.Split == Splits.Train);

    /// <summary>Called before the first step. An attempt that was killed after it chose has its choice in the run directory, or in the
    /// recipe where another machine goes on.</summary>
    public void Resolve()
    {
        if (!context.Recipe.Data.FitBatch || context.Recipe.Transfer.FreezesBackbone)
            return;
        var asked = context.Fingerprint();
        var batch = Kept(asked) ?? Measured();
        context.Room.Write("the chosen batch size", 0, () => Keep(new(asked, batch)));
        context.Resolve(FittingBatch.Of(context.Recipe, batch));
    }

    private int Measured()
    {
        // So that no trial measures it again.
        _ = context.PrecisionAfter(checkpoint: null);
        var limit = context.Memory.Limit is { } bytes ? bytes * MostMemory : double.PositiveInfinity;
        List<Trial> trials = [];
        for (var batch = Smallest; IsWorthTrying(batch, trials, limit); batch *= 2)
        {
            context.ThrowIfStopped();
            if (Try(batch) is not { } trial || trial.Memory > limit)
                break;
            trials.Add(trial);
        }
        return Best(trials, context.Recipe.Data.BatchSize);
    }

    private bool IsWorthTrying(int batch, List<Trial> trials, double limit) =>
        batch <= Largest && batch * StepsOfAnEpoch <= TrainingPictures && Expected(batch, trials) <= limit && StillGains(trials);

    /// <summary>Bytes, on the line through the last two.</summary>
    internal static double Expected(int batch, IReadOnlyList<Trial> trials) =>
        trials is [.., var before, var last]
            ? last.Memory + (double)(last.Memory - before.Memory) / (last.Batch - before.Batch) * (batch - last.Batch)
            : 0;

    private static bool StillGains(List<Trial> trials) =>
        trials.Count <= MostWithoutGain || trials.TakeLast(MostWithoutGain).Any(t => t.Rate >= trials.Max(other => other.Rate));

    /// <param name="asked">Where nothing was measured: the training itself says what is wrong.</param>
    internal static int Best(IReadOnlyList<Trial> trials, int asked) =>
        trials.Count == 0 ? asked : trials.First(t => t.Rate >= CloseEnough * trials.Max(other => other.Rate)).Batch;

    /// <returns>Null: it did not fit, or failed.</returns>
    private Trial? Try(int batch)
    {
        var directory = new RunDirectory(Path.Combine(Folder, batch.ToString(CultureInfo.InvariantCulture)));
        if (Directory.Exists(directory.Root))
            Directory.Delete(directory.Root, recursive: true);
        Directory.CreateDirectory(directory.Root);
        var recipe = context.Recipe with { Data = context.Recipe.Data with { BatchSize = batch, FitBatch = false } };
        File.WriteAllBytes(directory.Spec, JsonSerializer.SerializeToUtf8Bytes(context.Spec with { Recipe = recipe }, RunDirectory.Json));
        var code = process.Probe(directory, Longest, context.Stop);
        context.ThrowIfStopped();
        var estimate = code == TrainExitCode.Succeeded ? EstimateIn(directory) : null;
        Directory.Delete(directory.Root, recursive: true);
        Console.WriteLine(
            estimate is null
                ? $"A batch of {batch} pictures was not possible (exit code {code})."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"A batch of {batch} pictures: {estimate.ImagesPerSecond:0.0} a second, {estimate.MemoryBytes / 1e9:0.00} GB."
                )
        );
        return estimate is null ? null : new(batch, estimate.ImagesPerSecond, estimate.MemoryBytes);
    }

    private static RunEstimate EstimateIn(RunDirectory directory) =>
        File.ReadLines(directory.Events)
            .Select(line => JsonSerializer.Deserialize<RunEvent>(line, RunDirectory.Json))
            .OfType<EstimatedEvent>()
            .Single()
            .Estimate;

    private int? Kept(string asked) =>
        File.Exists(Chosen)
        && JsonSerializer.Deserialize<Choice>(File.ReadAllBytes(Chosen), RunDirectory.Json) is { } kept
        && kept.Asked == asked
            ? kept.Batch
            : null;

    private bool Keep(Choice choice)
    {
        Directory.CreateDirectory(Folder);
        DurableFiles.Write(Chosen, JsonSerializer.SerializeToUtf8Bytes(choice, RunDirectory.Json));
        return true;
    }

    /// <param name="Rate">Pictures a second.</param>
    /// <param name="Memory">Bytes at the most.</param>
    internal sealed record Trial(int Batch, double Rate, long Memory);

    /// <param name="Asked">Fingerprint of the run whose recipe asked for it.</param>
    private sealed record Choice(string Asked, int Batch);
}
