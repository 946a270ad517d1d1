using GpuGeek.Training.Averaging;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Objectives;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Stopping;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Engine;

public sealed class ABatchInParts
{
    private const int Size = 6,
        Classes = 3,
        Pictures = 11;

    private static readonly Graph Graph = Network();

    // Without batch normalisation, which sees each part alone.
    private static Graph Network()
    {
        var g = new GraphBuilder();
        var map = g.Add("conv", new Conv(3, 8, 3, 1, 1), g.Add("input", new Input(3, Size, Size)));
        var pooled = g.Add("pool", new GlobalAveragePool(), g.Add("act", new Activation(ActivationKind.Silu), map));
        return g.Build(g.Add("fc", new Linear(8, Classes), g.Add("drop", new Dropout(0.4), pooled)), "fc");
    }

    private static Batch Batch =>
        new(
            [.. Enumerable.Range(0, Pictures * 3 * Size * Size).Select(i => MathF.Sin(i * 1.7f))],
            [.. Enumerable.Range(0, Pictures).Select(i => (long)(i * 2 % Classes))],
            [.. Enumerable.Range(0, Pictures).Select(i => 100 + i)]
        )
        {
            Mixed = new(
                [.. Enumerable.Range(0, Pictures).Select(i => (long)((i * 2 + 1) % Classes))],
                [.. Enumerable.Range(0, Pictures).Select(i => i / 10f)]
            ),
        };

    private static (double[] Weights, StepNumbers Last) Train(int microBatch, bool focal, bool mixed)
    {
        using var scope = NewDisposeScope();
        using var module = new GraphModule(Graph, CPU, ScalarType.Float64);
        Initialisation.All(module, 1);
        var weights = new ClassWeights([0.3, 0.7, 2], ScalarType.Float64, CPU);
        using var method = new TrainingMethod
        {
            Layers = LayerPlan.Fixed(Graph, ModePlan.Train(Graph)),
            Objective = focal ? new Focal(2, 0.1, weights) : new CrossEntropy(0.1, weights),
            Optimizer = new Sgd(module, new(0.01), momentum: 0.9, nesterov: false),
            Schedule = new WarmedUp(0.1, 5, 5, 0, Curves.Constant),
            ClipNorm = 1,
            MicroBatch = microBatch,
            Averaging = new NoAveraging(),
            Stopping = new EpochBudget(1),
            States = [],
            Seed = 3,
            StepsPerEpoch = 5,
            TotalSteps = 5,
        };
        var step = new TrainingStep(method, module, [3, Size, Size], new StepRecord(CPU, TimeProvider.System));
        // An array: Last() on a range would do the last step alone.
        StepNumbers[] steps = [.. Enumerable.Range(1, 5).Select(n => step.Run(mixed ? Batch : Batch with { Mixed = null }, n)!.Value)];
        return ([.. module.Flat.data<double>()], steps[^1]);
    }

    /// <summary>Also with weighted classes, whose mean differs from part to part, with dropout and with mixed pictures.</summary>
    [Theory]
    [InlineData(2, false, false)]
    [InlineData(4, false, true)]
    [InlineData(4, true, false)]
    [InlineData(4, true, true)]
    public void Teaches_what_the_whole_batch_teaches(int microBatch, bool focal, bool mixed)
    {
        var (expected, got) = (Train(int.MaxValue, focal, mixed), Train(microBatch, focal, mixed));
        Assert.All(expected.Weights.Zip(got.Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(expected.Last.Loss, got.Last.Loss, 1e-12);
        Assert.Equal(expected.Last.Accuracy, got.Last.Accuracy);
    }

    [Theory]
    [InlineData(11, "11")]
    [InlineData(4, "3,4,4")]
    [InlineData(2, "2,2,2,2,3")]
    public void Has_parts_of_nearly_equal_size_and_none_of_one(int size, string parts) =>
        Assert.Equal(parts, string.Join(',', Batch.Parts(size).Select(part => part.Labels.Length).Order()));

    [Fact]
    public void Has_every_example_once()
    {
        var parts = Batch.Parts(3).ToList();
        Assert.Equal(Batch.Inputs, parts.SelectMany(part => part.Inputs));
        Assert.Equal(Batch.Labels, parts.SelectMany(part => part.Labels));
        Assert.Equal(Batch.Samples, parts.SelectMany(part => part.Samples!));
        Assert.Equal(Batch.Mixed!.Others, parts.SelectMany(part => part.Mixed!.Others));
        Assert.Equal(Batch.Mixed.Shares, parts.SelectMany(part => part.Mixed!.Shares));
    }
}
