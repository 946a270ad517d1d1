using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Averaging;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Support;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Graphs;

/// <summary>TorchSharp passes native handles without holding their owners: a tensor or a number that nothing refers to any more may be
/// freed while libtorch still reads it.</summary>
public sealed class ANetworkWhileGarbageIsCollected
{
    private const int Modules = 25;

    [Fact]
    public void Is_built_averaged_and_run_without_losing_a_tensor() =>
        WhileCollecting(() =>
        {
            var graph = ModelRegistry.Build("mobilenet_v3_small", 3, 32);
            for (var i = 0; i < Modules; i++)
                Assert.True(Run(graph));
        });

    /// <summary>Every part that a recipe can choose, from the weights to the exported file.</summary>
    [Theory]
    [InlineData("optimizer.kind=rmsprop optimizer.clipNorm=1 loss.classWeights=inverse regularization.mixUp=1 data.microBatch=4")]
    [InlineData("optimizer.kind=sgd averaging.kind=exponential loss.kind=focal transfer.unfreezeEpochs=1 regularization.dropout=0.4")]
    public void Is_trained_and_exported_to_the_end(string settings)
    {
        var partial = new PartialRecipe { Preset = RecipePresets.Balanced };
        foreach (var setting in settings.Split(' '))
            partial.Set(setting);
        var recipe = RecipeDocument.Apply(TestRecipes.Tiny("mobilenet_v3_small"), partial);
        using var run = new RunFolder(recipe, folder => ShapePictures.Write(folder, 8, 2, 2, side: 40));
        WhileCollecting(() => Assert.Equal(TrainExitCode.Succeeded, run.Train()));
    }

    private static void WhileCollecting(Action work)
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
            work();
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
