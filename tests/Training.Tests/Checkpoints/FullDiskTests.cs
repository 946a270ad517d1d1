using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.TestSupport;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Checkpoints;

/// <summary>Before, the first checkpoint on a full disk ended the trainer with an unhandled exception.</summary>
public sealed class ATrainingOnAFullDisk
{
    [Fact]
    public async Task Leaves_out_checkpoints_and_writes_its_result_when_space_is_freed()
    {
        using var disk = SmallDisk.Mount(256L << 20);
        Assert.SkipWhen(disk is null, "Mounting a file system is not allowed here.");
        using var run = new RunFolder(TestRecipes.Tiny(), folder => ShapePictures.Write(folder, 8, 4, 4, side: 40), root: disk!.At("run"));
        // Events fit, checkpoints do not.
        disk.Take(disk.Free - (2 << 20));
        var training = Task.Run(() => run.Train());
        var events = await Eventually.HoldsAsync(
            () =>
            {
                Assert.False(training.IsCompleted, "the training has ended on a full disk");
                return EventsSoFar(run);
            },
            seen => seen.OfType<PhaseEvent>().Any(p => p.Phase == "exporting"),
            Eventually.TrainingLimit
        );
        Assert.DoesNotContain(events, e => e is CheckpointEvent);
        Assert.False(Directory.Exists(run.Files.Checkpoints));
        disk.Empty();
        Assert.Equal(TrainExitCode.Succeeded, await training);
        Assert.Equal(run.Result().OnnxHash, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(run.ResultPath(ResultFiles.Onnx)))));
    }

    // The last line may be unfinished while the training writes.
    private static RunEvent[] EventsSoFar(RunFolder run)
    {
        if (!File.Exists(run.Files.Events))
            return [];
        using var file = new FileStream(run.Files.Events, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var text = new StreamReader(file).ReadToEnd();
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(l => JsonSerializer.Deserialize<RunEvent>(l, RunDirectory.Json)!)];
    }
}
