using GpuGeek.Training.Averaging;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Graphs;

/// <summary>TorchSharp passes native handles without holding their owners: a tensor or a number that nothing refers to any more may be
/// freed while libtorch still reads it.</summary>
public sealed class ANetworkWhileGarbageIsCollected
{
    private const int Modules = 40;

    [Fact]
    public void Is_built_averaged_and_run_without_losing_a_tensor()
    {
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            var graph = ModelRegistry.Build("mobilenet_v3_small", 3, 32);
            for (var i = 0; i < Modules; i++)
                Assert.True(Run(graph));
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }

    // Outside any scope, as the engine builds a network.
    private static bool Run(Graph graph)
    {
        using var module = new GraphModule(graph, CPU);
        using var average = new ExponentialAverage(module, 0.9);
        using (NewDisposeScope())
        {
            using var x = ones(2, 3, 32, 32);
            module.Forward(x, ModePlan.Train(graph)).sum().backward();
        }
        average.Follow(1);
        using var shown = average.Show();
        return module.IsFinite();
    }
}
