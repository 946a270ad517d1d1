using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Engine;

public sealed class ABatchThatFitsTheMachine
{
    private const int Killed = 128 + 9;

    private static Recipe Asking(params string[] settings)
    {
        var asked = new PartialRecipe { Preset = "balanced" };
        string[] small =
        [
            "model.architecture=mobilenet_v3_small",
            "transfer.pretrained=false",
            "model.inputSize=32",
            "compute.precision=float32",
            "budget.epochs=1",
        ];
        foreach (var setting in (string[])[.. small, "data.batchSize=16", "data.fitBatch=true", .. settings])
            asked.Set(setting);
        return RecipePresets.Resolve(asked);
    }

    private static RunFolder Folder(Recipe recipe, int ofEachClass = 60) =>
        new(recipe, folder => ShapePictures.Write(folder, ofEachClass, 4, 4, side: 40));

    private static string Hash(RunFolder run) => ModuleState.Read(run.ResultPath(ResultFiles.Weights)).Hash();

    private static IReadOnlyDictionary<string, string> Resolved(RunFolder run) => run.Events().OfType<ResolvedEvent>().Last().Settings;

    /// <summary>Another machine: rates and memory by the batch.</summary>
    private sealed class Machine(Func<int, (double Rate, long Memory)?> of) : ITrialProcess
    {
        public List<int> Tried { get; } = [];

        public int Probe(RunDirectory directory, TimeSpan longest, CancellationToken stop)
        {
            var spec = System.Text.Json.JsonSerializer.Deserialize<RunSpec>(File.ReadAllBytes(directory.Spec), RunDirectory.Json)!;
            Tried.Add(spec.Recipe.Data.BatchSize);
            if (of(spec.Recipe.Data.BatchSize) is not { } seen)
                return Killed;
            using var events = new EventLog(directory.Events, TimeProvider.System, stop);
            events.Estimated(new(seen.Rate, 1, 1, 1, seen.Memory, null));
            return TrainExitCode.Succeeded;
        }
    }

    [Fact]
    public void Is_measured_and_then_trained_as_if_the_recipe_had_named_it()
    {
        using var run = Folder(Asking());
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        var resolved = Resolved(run);
        Assert.Equal("false", resolved["data.fitBatch"]);
        var batch = resolved.GetValueOrDefault("data.batchSize", "16");
        var rate = resolved.TryGetValue("optimizer.learningRate", out var other) ? $"optimizer.learningRate={other}" : "data.seed=0";
        using var named = Folder(Asking($"data.batchSize={batch}", "data.fitBatch=false", rate));
        Assert.Equal(TrainExitCode.Succeeded, named.Train());
        Assert.Equal(Hash(named), Hash(run));
    }

    [Fact]
    public void Is_the_smallest_that_comes_close_to_the_fastest()
    {
        var machine = new Machine(batch => (batch >= 8 ? 100 - 1.0 / batch : 60, batch << 20));
        using var run = Folder(Asking());
        Assert.Equal(TrainExitCode.Succeeded, run.Train(trials: machine));
        Assert.Equal("8", Resolved(run)["data.batchSize"]);
        // AdamW's rate goes with the root.
        var expected = run.Spec.Recipe.Optimizer.LearningRate * Math.Sqrt(0.5);
        Assert.Equal(expected, double.Parse(Resolved(run)["optimizer.learningRate"], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Leaves_twenty_steps_in_an_epoch()
    {
        var machine = new Machine(batch => (batch, batch << 20));
        using var run = Folder(Asking(), ofEachClass: 70);
        Assert.Equal(TrainExitCode.Succeeded, run.Train(trials: machine));
        Assert.Equal(210, run.Spec.Images.Count(i => i.Split == "train"));
        Assert.Equal([4, 8], machine.Tried);
    }

    [Fact]
    public void Is_what_still_lived_where_a_larger_one_was_killed()
    {
        var machine = new Machine(batch => batch > 4 ? null : (10, 1 << 20));
        using var run = Folder(Asking());
        Assert.Equal(TrainExitCode.Succeeded, run.Train(trials: machine));
        Assert.Equal([4, 8], machine.Tried);
        Assert.Equal("4", Resolved(run)["data.batchSize"]);
    }

    [Fact]
    public void Is_the_one_asked_for_where_none_could_be_measured()
    {
        using var run = Folder(Asking());
        Assert.Equal(TrainExitCode.Succeeded, run.Train(trials: new Machine(_ => null)));
        Assert.Equal(["data.fitBatch"], Resolved(run).Keys);
    }

    /// <summary>The supervisor was killed before it kept what had been chosen.</summary>
    [Fact]
    public void Is_chosen_once_also_where_the_recipe_still_asks_for_it()
    {
        var machine = new Machine(batch => (batch == 4 ? 100 : 50, batch << 20));
        using var run = Folder(Asking());
        Assert.Equal(TrainExitCode.Succeeded, run.Train(trials: machine));
        var tried = machine.Tried.Count;
        run.WriteSpec(run.Spec);
        Assert.Equal(TrainExitCode.Succeeded, run.Train(trials: new Machine(_ => throw new InvalidOperationException("Measured again."))));
        Assert.Equal("4", Resolved(run)["data.batchSize"]);
        Assert.InRange(tried, 1, 4);
    }

    [Fact]
    public void Is_expected_to_need_what_the_last_two_tell() =>
        Assert.Equal(700, BatchTrials.Expected(16, [new(4, 1, 400), new(8, 1, 500)]));
}
