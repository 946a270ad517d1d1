using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;
using GpuGeek.Training.Common;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Engine;

public sealed class ATrainingThatDoesNotFit : IDisposable
{
    private readonly TempFolder _root = new();

    private static Recipe Recipe(int batch, string settings = "")
    {
        var partial = new PartialRecipe
        {
            Preset = RecipePresets.Balanced,
            ["model.architecture"] = "resnet50",
            ["data.batchSize"] = batch,
            ["compute.precision"] = ComputeSettings.FullPrecision,
        };
        foreach (var setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            partial.Set(setting);
        return RecipePresets.Resolve(partial);
    }

    private static TrainingFailedException? Refusal(Recipe recipe, long? limit)
    {
        var graph = ModelRegistry.Build("resnet50", 5, recipe.Model.InputSize);
        return Record.Exception(() => MemoryCheck.Demand(graph, recipe, limit)) as TrainingFailedException;
    }

    [Fact]
    public void Is_told_a_micro_batch_that_does()
    {
        var failure = Refusal(Recipe(256), limit: 8L << 30)!.Failure;
        Assert.Equal("memory_too_small", failure.Code);
        Assert.Contains("256 pictures of 224 pixels", failure.Detail, StringComparison.Ordinal);
        var fitting = int.Parse(failure.Hint!.Split(' ')[3], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(fitting, 8, 128);
        Assert.Null(Refusal(Recipe(256, $"data.microBatch={fitting}"), 8L << 30));
        Assert.NotNull(Refusal(Recipe(256, $"data.microBatch={fitting + 1}"), 8L << 30));
    }

    [Fact]
    public void At_any_micro_batch_is_told_to_be_smaller() =>
        Assert.Contains("a smaller network", Refusal(Recipe(64), limit: 600L << 20)!.Failure.Hint, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("transfer.frozenGroups=2")]
    [InlineData("compute.precision=auto averaging.soup=3")]
    public void Is_the_only_one_that_is_refused(string settings)
    {
        Assert.Null(Refusal(Recipe(32, settings), limit: 16L << 30));
        Assert.Null(Refusal(Recipe(1024, settings), limit: null));
    }

    [Theory]
    [InlineData("max", "max", 24L << 30)]
    [InlineData("2147483648", "max", 2L << 30)]
    [InlineData("max", "1073741824", 1L << 30)]
    [InlineData("4294967296", "2147483648", 2L << 30)]
    public void Is_compared_with_what_machine_and_control_groups_allow(string own, string above, long expected)
    {
        Write("proc/meminfo", "MemTotal:       25165824 kB\nMemFree:        1 kB\n");
        Write("proc/self/cgroup", "0::/system.slice/worker.service\n");
        Write("sys/fs/cgroup/system.slice/worker.service/memory.max", own + "\n");
        Write("sys/fs/cgroup/system.slice/memory.max", above + "\n");
        Assert.Equal(expected, MachineMemory.Limit(_root.Path));
    }

    [Fact]
    public void Is_not_known_where_the_system_says_nothing() => Assert.Null(MachineMemory.Limit(_root.Path));

    [Fact]
    public void Is_measured_against_this_machine() => Assert.InRange(MachineMemory.Limit() ?? 0, 1L << 29, 1L << 44);

    public void Dispose() => _root.Dispose();

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
