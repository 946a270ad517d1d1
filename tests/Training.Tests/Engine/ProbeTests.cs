using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Engine;

public sealed class AProbeBeforeARun
{
    private static Recipe Small(params string[] settings)
    {
        var asked = new PartialRecipe { Preset = "balanced" };
        foreach (var setting in (string[])["transfer.pretrained=false", "model.inputSize=32", "compute.precision=float32", .. settings])
            asked.Set(setting);
        return RecipePresets.Resolve(asked);
    }

    private static RunFolder Folder(Recipe recipe) => new(recipe, folder => ShapePictures.Write(folder, 17, 4, 4, side: 40));

    private static RunEstimate Probe(RunFolder run)
    {
        Assert.Equal(
            TrainExitCode.Succeeded,
            TrainingProgram.Probe(run.Files, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)
        );
        return Assert.Single(run.Events().OfType<EstimatedEvent>()).Estimate;
    }

    [Fact]
    public void Says_what_the_run_will_take_and_keeps_nothing_of_it()
    {
        using var run = Folder(Small("budget.epochs=2"));
        var estimate = Probe(run);
        Assert.InRange(estimate.Seconds, estimate.SecondsLow, estimate.SecondsHigh);
        Assert.InRange(estimate.ImagesPerSecond, 1, 1e5);
        Assert.InRange(estimate.MemoryBytes, 50L << 20, estimate.MemoryLimit ?? long.MaxValue);
        Assert.Empty(run.Events().OfType<MetricEvent>());
        Assert.False(Directory.Exists(run.Files.Checkpoints) && Directory.EnumerateFileSystemEntries(run.Files.Checkpoints).Any());
        Assert.False(Directory.Exists(run.Files.Result));
    }

    [Fact]
    public void Counts_the_epochs()
    {
        using var two = Folder(Small("budget.epochs=2"));
        using var many = Folder(Small("budget.epochs=1000"));
        Assert.InRange(Probe(many).SecondsLow, Probe(two).SecondsHigh, double.MaxValue);
    }

    [Fact]
    public void Does_with_the_pictures_that_are_there()
    {
        using var run = Folder(Small());
        foreach (var split in run.Spec.Images.GroupBy(i => (i.Split, i.Label)))
        foreach (var image in split.Skip(2))
            File.Delete(Path.Combine(run.ImagesFolder, image.Hash));
        Assert.True(Probe(run).Seconds > 0);
    }

    [Fact]
    public void Refuses_what_does_not_fit_with_advice()
    {
        using var run = Folder(Small("model.architecture=vgg16", "model.inputSize=1024", "data.batchSize=32"));
        Assert.Equal(
            TrainExitCode.Failed,
            TrainingProgram.Probe(run.Files, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)
        );
        Assert.Equal("memory_too_small", run.Failure().Failure.Code);
        Assert.Contains("data.microBatch", run.Failure().Failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_the_run_that_follows_as_it_would_have_been()
    {
        using var probed = Folder(Small("budget.epochs=1"));
        using var plain = Folder(Small("budget.epochs=1"));
        _ = Probe(probed);
        Assert.Equal((TrainExitCode.Succeeded, TrainExitCode.Succeeded), (probed.Train(), plain.Train()));
        Assert.Equal(File.ReadAllBytes(plain.ResultPath(ResultFiles.Weights)), File.ReadAllBytes(probed.ResultPath(ResultFiles.Weights)));
    }
}
