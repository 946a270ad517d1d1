using System.Diagnostics;
using System.Globalization;
using GpuGeek.Training;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using static TorchSharp.torch;

namespace GpuGeek.Benchmarks;

/// <summary>
/// What it costs that a network is data: forward and backward of ResNet-18 as a graph, beside the same network written in TorchSharp's
/// modules; there the layout of the weights (channels last in the graph) counts
/// for more than the interpreter. What that costs alone shows in a chain of a thousand rectifiers of one number beside the same thousand
/// calls. One thread.
/// </summary>
internal static class InterpreterBenchmark
{
    private const int WarmUp = 3,
        Rounds = 15,
        Links = 1000;

    public static void Run()
    {
        NativeTuning.Apply();
        NativeTuning.LoadWithoutNnpack();
        set_num_threads(1);
        var nodes = ModelRegistry.Build("resnet18", 10, 32).Nodes.Count;
        Console.WriteLine($"ResNet-18, {nodes} nodes, one thread; medians of {Rounds} steps, which take turns");
        Console.WriteLine($"{"input", 12} {"graph, ms", 10} {"modules, ms", 12} {"ratio", 7}");
        foreach (var (batch, size) in new[] { (1, 32), (8, 32), (1, 224), (8, 224) })
            Measure(batch, size);
        MeasureChain();
        MeasureDropout();
    }

    /// <summary>The masks of dropout, which are a function of the picture, beside libtorch's own, which are not.</summary>
    private static void MeasureDropout()
    {
        using var scope = NewDisposeScope();
        var g = new GraphBuilder();
        var rows = g.Add("dropout", new Dropout(0.5), g.Add("input", new Input(4096)));
        var graph = g.Build(g.Add("fc", new Linear(4096, 2), rows), "fc");
        var dropout = graph.Nodes.Single(n => n.Op is Dropout);
        var x = ones(16, 4096);
        var chance = new Chance(1, 0, null);
        var (ours, theirs) = InTurns(
            () => (x * chance.Mask(dropout, x.shape, 0.5, x)).Dispose(),
            () => nn.functional.dropout(x, 0.5, training: true).Dispose()
        );
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"dropout of 16x4096: {ours:F3} ms by picture, {theirs:F3} ms by libtorch")
        );
    }

    private static void Measure(int batch, int size)
    {
        using var scope = NewDisposeScope();
        using var graph = new GraphModule(ModelRegistry.Build("resnet18", 10, size), CPU);
        using var modules = new ModuleResNet18("resnet18", 10);
        var plan = ModePlan.Train(graph.Graph);
        var input = randn(batch, 3, size, size);
        var (ours, theirs) = InTurns(
            () =>
            {
                graph.FlatGradient.zero_();
                graph.Forward(input, plan).sum().backward();
            },
            () =>
            {
                modules.zero_grad(set_to_none: false);
                modules.call(input).sum().backward();
            }
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{$"{batch}x3x{size}x{size}", 12} {ours, 10:F2} {theirs, 12:F2} {ours / theirs, 7:F3}"
            )
        );
    }

    private static void MeasureChain()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(1));
        for (var i = 0; i < Links; i++)
            x = g.Add($"relu{i}", new Activation(ActivationKind.Relu), x);
        using var graph = new GraphModule(g.Build(g.Add("fc", new Linear(1, 1), x), "fc"), CPU);
        var plan = ModePlan.Eval(graph.Graph);
        var last = graph.Graph.Nodes[Links];
        var input = zeros(1, 1);
        var (interpreted, called) = InTurns(
            () => graph.Forward(input, plan, last),
            () =>
            {
                var value = input.alias();
                for (var i = 0; i < Links; i++)
                {
                    var next = value.relu();
                    value.Dispose();
                    value = next;
                }
            }
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the interpreter alone: {(interpreted - called) * 1000 / Links:F2} µs per node ({interpreted * 1000 / Links:F2} "
                    + $"interpreted, {called * 1000 / Links:F2} called)"
            )
        );
    }

    /// <summary>Medians in milliseconds.</summary>
    private static (double First, double Second) InTurns(Action first, Action second)
    {
        var (one, other) = (new List<double>(), new List<double>());
        for (var round = 0; round < WarmUp + Rounds; round++)
        {
            var (a, b) = (Time(first), Time(second));
            if (round < WarmUp)
                continue;
            one.Add(a);
            other.Add(b);
        }
        return (Median(one), Median(other));
    }

    private static double Time(Action step)
    {
        using var scope = NewDisposeScope();
        var started = Stopwatch.GetTimestamp();
        step();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }
}
