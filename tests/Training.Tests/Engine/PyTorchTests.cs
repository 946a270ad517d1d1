using GpuGeek.Training.Averaging;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Objectives;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Stopping;
using GpuGeek.Training.Tests.Peers;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Engine;

/// <summary>
/// The same training by PyTorch: the same weights, pixels and order, in double precision. In single precision even PyTorch with another
/// memory format differs after a few steps, so that only the mathematics could be compared there.
/// </summary>
public sealed class ATrainingByPyTorch(TorchvisionPeer peer, ITestOutputHelper output)
{
    private const string Network = "shufflenet_v2_x0_5";
    private const int Steps = 30,
        Size = 64,
        Batch = 8,
        Classes = 5;
    private const double Decay = 0.01,
        Average = 0.9,
        Backbone = 0.1;

    private sealed record Case(string Optimizer, double Rate, Dictionary<string, object> Options)
    {
        public double Smoothing { get; init; }
        public double[]? Weights { get; init; }
        public double? Clip { get; init; }
        public double Rising { get; init; }
        public required Func<GraphModule, Decay, FlatOptimizer> Ours { get; init; }
    }

    private static readonly Dictionary<string, Case> Cases = new(StringComparer.Ordinal)
    {
        ["sgd"] = new("SGD", 0.002, new() { ["momentum"] = 0.9, ["nesterov"] = true })
        {
            Smoothing = 0.1,
            Ours = (module, decay) => new Sgd(module, decay, 0.9, true),
        },
        ["adamw"] = new("AdamW", 0.001, []) { Clip = 0.5, Ours = (module, decay) => new Adam(module, decay, decoupled: true) },
        ["rmsprop"] = new("RMSprop", 0.0002, new() { ["momentum"] = 0.9 })
        {
            Weights = [0.5, 2, 1, 0.25, 1.25],
            Ours = (module, decay) => new RmsProp(module, decay, 0.99, 0.9, 1e-8),
        },
        ["adam"] = new("Adam", 0.001, []) { Rising = 0.3, Ours = (module, decay) => new Adam(module, decay, decoupled: false) },
    };

    [Theory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    [InlineData("rmsprop")]
    [InlineData("adam")]
    public void Has_the_same_losses_and_the_same_average(string name)
    {
        var tried = Cases[name];
        var graph = ModelRegistry.Build(Network, Classes, Size);
        var expected = peer.Learn(
            new
            {
                op = "learn",
                name = Network,
                size = Size,
                batch = Batch,
                classes = Classes,
                steps = Steps,
                head = graph.ClassifierPath,
                backbone = Backbone,
                optimizer = tried.Optimizer,
                rate = tried.Rate,
                decay = Decay,
                options = tried.Options,
                smoothing = tried.Smoothing,
                weights = tried.Weights,
                clip = tried.Clip,
                rising = tried.Rising,
                average = Average,
            }
        );
        using var scope = NewDisposeScope();
        using var module = Filled(graph);
        using var method = MethodOf(tried, module);
        var losses = Losses(method, module);
        var furthest = losses.Zip(expected.Losses, (a, b) => Math.Abs(a / b - 1)).Max();
        output.WriteLine(FormattableString.Invariant($"{name}: {furthest:g2} apart at most, loss {losses[0]:g4} to {losses[^1]:g4}"));
        for (var step = 0; step < Steps; step++)
            Assert.InRange(losses[step] / expected.Losses[step], 1 - 1e-8, 1 + 1e-8);
        Assert.InRange(losses[^1] / losses[0], 0, 0.99);
        using var shown = method.Averaging.Show();
        foreach (var (tensor, square) in expected.Average)
            Assert.InRange(module[tensor].square().mean().item<double>() / square, 1 - 1e-7, 1 + 1e-7);
    }

    private static GraphModule Filled(Graph graph)
    {
        var module = new GraphModule(graph, CPU, ScalarType.Float64);
        using var frozen = no_grad();
        foreach (var p in graph.Parameters.Where(p => p.IsLearnt))
            module[p.Name].copy_(tensor(GeneratedNumbers.Parameter(p.Name, p.Shape, GeneratedNumbers.Gain(graph)), p.Shape));
        return module;
    }

    private static TrainingMethod MethodOf(Case tried, GraphModule module) =>
        new()
        {
            Layers = LayerPlan.Of(module.Graph, new() { Pretrained = true, BackboneRate = Backbone }),
            Objective = new CrossEntropy(
                tried.Smoothing,
                tried.Weights is { } weights ? new ClassWeights(weights, ScalarType.Float64, CPU) : null
            ),
            Optimizer = tried.Ours(module, new Decay(Decay)),
            Schedule =
                tried.Rising > 0
                    ? new OneCycle(tried.Rate, Steps, tried.Rising)
                    : new WarmedUp(tried.Rate, Steps, Steps, 0, Curves.Constant),
            ClipNorm = tried.Clip,
            Averaging = new ExponentialAverage(module, Average),
            Stopping = new EpochBudget(1),
            States = [],
            Seed = 0,
            StepsPerEpoch = Steps,
            TotalSteps = Steps,
        };

    private static List<double> Losses(TrainingMethod method, GraphModule module)
    {
        var step = new TrainingStep(method, module, [3, Size, Size], new StepRecord(CPU, TimeProvider.System));
        return
        [
            .. Enumerable
                .Range(1, Steps)
                .Select(number =>
                {
                    var which = number % 3;
                    var inputs = GeneratedNumbers.Normal($"batch{which}", Batch * 3 * Size * Size).Select(v => (float)v).ToArray();
                    var labels = Enumerable.Range(0, Batch).Select(i => (long)((i * 7 + which) % Classes)).ToArray();
                    return step.Run(new Batch(inputs, labels), number)!.Value.Loss;
                }),
        ];
    }
}

public sealed class AnAverageOfTheWeights
{
    [Fact]
    public void Is_shown_for_a_while_and_continues_from_a_checkpoint()
    {
        using var scope = NewDisposeScope();
        using var module = Line();
        module.Write("fc.weight", [8f]);
        using var average = new ExponentialAverage(module, 0.9);
        module.Write("fc.weight", [0f]);
        average.Follow(1);
        using (average.Show())
            Assert.Equal(8f * 2 / 11, module.Read("fc.weight")[0], 5);
        Assert.Equal(0, module.Read("fc.weight")[0]);
        using var resumed = new ExponentialAverage(module, 0.9);
        resumed.Load(average.Save(new(new(), average.Name)).ToDictionary(t => t.Name, StringComparer.Ordinal));
        using (resumed.Show())
            Assert.Equal(8f * 2 / 11, module.Read("fc.weight")[0], 5);
        Assert.Throws<InvalidDataException>(() => resumed.Load(new Dictionary<string, NamedTensor>()));
        Assert.InRange(average.Save(new(new(), average.Name)).Sum(t => t.Values.LongLength * sizeof(float)), 1, average.Bytes);
    }

    [Fact]
    public void Spans_the_last_tenth_of_a_training()
    {
        Assert.Equal(0.99, ExponentialAverage.DecayOf(1000), 9);
        Assert.Equal(0, ExponentialAverage.DecayOf(5));
    }

    private static GraphModule Line()
    {
        var g = new GraphBuilder();
        return new GraphModule(g.Build(g.Add("fc", new Linear(1, 1), g.Add("input", new Input(1))), "fc"), CPU);
    }
}
