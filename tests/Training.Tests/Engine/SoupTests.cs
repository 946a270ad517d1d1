using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Tests.Support;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Engine;

public sealed class ASoup
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Two numbers to two classes, without a bias.</summary>
    private static Graph Line()
    {
        var g = new GraphBuilder();
        return g.Build(g.Add("fc", new Linear(2, 2, Bias: false), g.Add("input", new Input(2))), "fc");
    }

    private static ModuleState Weights(params float[] values) => new() { Tensors = [new("fc.weight", [2, 2], values)] };

    /// <summary>Class 0 has the first number larger, class 1 the second, by little.</summary>
    private static readonly Batch Four = new([1, 0.9f, 0.9f, 1, 3, 2, 2, 3], [0, 1, 0, 1]);

    [Fact]
    public void Takes_the_epochs_by_which_validation_accuracy_does_not_fall()
    {
        using var module = new GraphModule(Line(), CPU);
        // Each of the first two sees one class everywhere; their mean is right. With the third it would be wrong.
        Ingredient[] ingredients =
        [
            new(4, 2, Weights(2, 0, 0, 0)),
            new(2, 2, Weights(0, 0, 0, 2)),
            new(3, 0, Weights(0, 9, 9, 0)),
            new(1, 0, Weights(1, 0, 0, 1)),
        ];
        var (network, epochs) = new Soup(module, ModePlan.Train(module.Graph), new Rows([], [Four]), Cancel).Cook(ingredients);
        Assert.Equal([4, 2, 1], epochs);
        Assert.Equal([1, 0, 0, 1], network.Tensors[0].Values);
    }

    [Fact]
    public void Is_the_best_epoch_alone_where_every_other_does_harm()
    {
        using var module = new GraphModule(Line(), CPU);
        var best = Weights(1, 0, 0, 1);
        var (network, epochs) = new Soup(module, ModePlan.Train(module.Graph), new Rows([], [Four]), Cancel).Cook([
            new(1, 4, best),
            new(2, 1, Weights(0, 9, 9, 0)),
        ]);
        Assert.Equal([1], epochs);
        Assert.Same(best, network);
    }

    [Fact]
    public void Has_norms_whose_statistics_are_the_mean_of_the_batches_except_frozen_ones()
    {
        var g = new GraphBuilder();
        var first = g.Add("first", new BatchNorm(1), g.Add("input", new Input(1, 1, 2)));
        var pooled = g.Add("pool", new GlobalAveragePool(), g.Add("second", new BatchNorm(1), first));
        using var module = new GraphModule(g.Build(g.Add("fc", new Linear(1, 2), pooled), "fc"), CPU);
        module.Write("first.weight", [1]);
        module.Write("first.running_mean", [77]);
        module.Write("second.running_mean", [5]);
        var learning = ModePlan.Learning(module.Graph, node => node.Path != "second");
        // Means 2 and 6, unbiased variances 10/3 and 2/3; a batch of one picture says nothing.
        Batch[] batches = [new([0, 4, 2, 2], [0, 1]), new([5, 6, 6, 7], [0, 1]), new([99, 99], [0])];
        new Soup(module, learning, new Rows(batches, []), Cancel).MeasureStatistics();
        Assert.Equal(4, module.Read("first.running_mean")[0], 1e-5);
        Assert.Equal((8 / 3.0 + 2 / 3.0) / 2, module.Read("first.running_var")[0], 1e-5);
        Assert.Equal(5, module.Read("second.running_mean")[0]);
    }

    [Fact]
    public void Remembers_its_ingredients_in_a_checkpoint()
    {
        using var folder = new TempFolder();
        using var module = new GraphModule(Line(), CPU);
        var ingredients = new Ingredients(module, 2);
        foreach (var (epoch, correct) in new[] { (1, 5), (2, 9), (3, 5), (4, 7), (5, 7) })
        {
            module.Write("fc.weight", [epoch, 0, 0, 1]);
            if (ingredients.Wants(correct))
                ingredients.Keep(epoch, correct);
        }
        Assert.Equal([(2, 9), (4, 7)], ingredients.Kept.Select(k => (k.Epoch, k.Correct)));
        var memory = new SnapshotMemory();
        Assert.Equal(ingredients.Bytes, ingredients.Save(new(memory, "i")).Sum(t => t.Values.LongLength * sizeof(float)));

        var store = new CheckpointStore(folder.Path);
        store.Save(memory.Take([ingredients], new() { Step = 1, Fingerprint = "f" }));
        var loaded = new Ingredients(module, 2);
        loaded.Load(store.LoadNewest("f", [loaded.Name])!.Parts[loaded.Name]);
        Assert.Equal([(2, 9), (4, 7)], loaded.Kept.Select(k => (k.Epoch, k.Correct)));
        Assert.Equal(ingredients.Kept.Select(k => k.Network.Hash()), loaded.Kept.Select(k => k.Network.Hash()));
    }

    [Fact]
    public void Of_a_run_is_at_least_as_good_on_validation_as_its_best_epoch_and_named_in_the_result()
    {
        var recipe = TestRecipes.Tiny("mobilenet_v3_small", epochs: 4);
        using var run = new RunFolder(
            recipe with
            {
                Averaging = recipe.Averaging with { Soup = 4 },
            },
            folder => ShapePictures.Write(folder, 16, 10, 4)
        );
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        var result = run.Result();
        var best = run.Events().OfType<MetricEvent>().Where(m => m.Name == MetricNames.ValAccuracy).Max(m => m.Value);
        Assert.Equal(result.BestEpoch, result.SoupEpochs[0]);
        Assert.Equal(result.SoupEpochs.Length, result.SoupEpochs.Distinct().Count());
        Assert.InRange(result.ValAccuracy, best, 1);
        Assert.Single(result.Environments);
    }

    private sealed class Rows(Batch[] training, Batch[] validation) : IExampleSource
    {
        public long[] InputShape => training.Length > 0 ? [1, 1, 2] : [2];

        public int Count(string split) => throw new NotSupportedException();

        public IEnumerable<Batch> TrainingBatches(int epoch, int firstBatch) => throw new NotSupportedException();

        public string NameOf(int sample) => throw new NotSupportedException();

        public IEnumerable<Batch> Batches(string split) => split == Splits.Train ? training : validation;
    }
}
