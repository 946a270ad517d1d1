using System.Text.Json;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Tests.Checkpoints;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Engine;

public sealed class ThePrecisionOfARun
{
    private static Recipe In(string precision) => TestRecipes.Tiny("mobilenet_v3_small") with { Compute = new() { Precision = precision } };

    private static RunFolder Folder(string precision) => new(In(precision), folder => ShapePictures.Write(folder, 17, 6, 6, side: 40));

    private static string Hash(RunFolder run) => ModuleState.Read(run.ResultPath(Domain.Runs.ResultFiles.Weights)).Hash();

    private static Recipe Written(RunFolder run) =>
        JsonSerializer.Deserialize<RunSpec>(File.ReadAllBytes(run.Files.Spec), RunDirectory.Json)!.Recipe;

    [Fact]
    public void Left_to_a_measurement_is_said_once_and_written_into_its_recipe()
    {
        using var run = Folder(ComputeSettings.Auto);
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        var (setting, value) = Assert.Single(Assert.Single(run.Events().OfType<ResolvedEvent>()).Settings);
        Assert.Equal("compute.precision", setting);
        Assert.Contains(value, (string[])[ComputeSettings.FullPrecision, ComputeSettings.BFloat16]);
        Assert.Equal(In(value), Written(run));
        // Before the first checkpoint and the first point.
        var others = run.Events().TakeWhile(e => e is not ResolvedEvent);
        Assert.All(others, e => Assert.IsType<PhaseEvent>(e));
        // Trained with the recipe that it says, it has the same bits.
        using var again = Folder(value);
        Assert.Equal(TrainExitCode.Succeeded, again.Train());
        Assert.Equal(Hash(run), Hash(again));
    }

    /// <summary>The supervisor was killed before it kept what had been chosen, or the run went on elsewhere: the checkpoint
    /// knows it.</summary>
    [Theory]
    [InlineData(ComputeSettings.FullPrecision)]
    [InlineData(ComputeSettings.BFloat16)]
    public void Is_that_of_its_checkpoint_even_where_its_recipe_does_not_say_it(string precision)
    {
        using var whole = Folder(precision);
        Assert.Equal(TrainExitCode.Succeeded, whole.Train());
        using var moved = Folder(precision);
        Assert.Equal(TrainExitCode.Stopped, moved.TrainUntil(11));
        moved.WriteSpec(moved.Spec with { Recipe = In(ComputeSettings.Auto) });
        Assert.Equal(TrainExitCode.Succeeded, moved.Train());
        Assert.Equal(precision, Assert.Single(moved.Events().OfType<ResolvedEvent>()).Settings["compute.precision"]);
        Assert.Equal(Hash(whole), Hash(moved));
    }

    [Fact]
    public void Stays_that_of_its_checkpoint_and_the_log_says_so()
    {
        using var run = Folder(ComputeSettings.BFloat16);
        Assert.Equal(TrainExitCode.Stopped, run.TrainUntil(11));
        run.WriteSpec(run.Spec with { Recipe = In(ComputeSettings.FullPrecision) });
        var log = ThePartsOfACheckpoint.Logged(() => Assert.Equal(TrainExitCode.Succeeded, run.Train()));
        Assert.Contains("trained in BFloat16, and the run goes on in it", log, StringComparison.Ordinal);
    }

    [Fact]
    public void Changes_the_bits()
    {
        using RunFolder exact = Folder(ComputeSettings.FullPrecision),
            low = Folder(ComputeSettings.BFloat16);
        Assert.Equal(TrainExitCode.Succeeded, exact.Train());
        Assert.Equal(TrainExitCode.Succeeded, low.Train());
        Assert.NotEqual(Hash(exact), Hash(low));
        Assert.Empty(low.Events().OfType<ResolvedEvent>());
    }

    [Theory]
    [InlineData("mobilenet_v2", 224, 64, 8)]
    [InlineData("mobilenet_v2", 224, 4, 4)]
    [InlineData("resnet152", 512, 64, 2)]
    public void Is_measured_with_fewer_pictures_of_a_large_network(string name, int inputSize, int batch, int pictures) =>
        Assert.Equal(pictures, PrecisionTrial.PicturesFor(ModelCatalog.All[name], inputSize, batch));
}
