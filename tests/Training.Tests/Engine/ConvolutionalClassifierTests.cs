using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Engine;

/// <summary>SqueezeNet's: rectified and averaged.</summary>
public sealed class FastWhereTheClassifierIsAConvolution
{
    [Theory, InlineData(null), InlineData(0.3)]
    public void Trains_the_classifier_and_leaves_the_rest_as_it_was_published(double? dropout)
    {
        using var folder = new TempFolder();
        var published = Published(folder.File("squeezenet.pth"));
        var recipe = RecipePresets.Resolve(
            new()
            {
                Preset = RecipePresets.Fast,
                ["model.architecture"] = "squeezenet1_1",
                ["budget.epochs"] = 4,
                ["data.seed"] = 1,
                ["data.batchSize"] = 8,
                ["optimizer.learningRate"] = 3e-3,
                ["model.inputSize"] = 64,
                ["regularization.dropout"] = dropout,
            }
        );
        using var run = new RunFolder(recipe, f => ShapePictures.Write(f, 16, 4, 4), weights: folder.File("squeezenet.pth"));
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        var learnt = ModuleState.Read(run.ResultPath(ResultFiles.Weights)).Tensors;
        Assert.Equal([3, 512, 1, 1], learnt.Single(t => t.Name == "classifier.1.weight").Shape);
        foreach (var tensor in learnt.Where(t => !t.Name.StartsWith("classifier.", StringComparison.Ordinal)))
            Assert.Equal(published[tensor.Name], tensor.Values);
        double[] loss = [.. run.Events().OfType<MetricEvent>().Where(m => m.Name == MetricNames.ValLoss).Select(m => m.Value)];
        Assert.Equal(4, loss.Length);
        Assert.True(loss.Min() < loss[0], string.Join(' ', loss));
        Assert.InRange(run.Result().OnnxMaxDifference, 0, 1e-3);
    }

    /// <summary>Numbers that were not trained, in a file as it is published.</summary>
    private static Dictionary<string, float[]> Published(string path)
    {
        using var module = new GraphModule(ModelRegistry.Build("squeezenet1_1", 1000, 224), TorchSharp.torch.CPU);
        Initialisation.All(module, 5);
        TorchFiles.Save(path, [.. module.Graph.Parameters.Select(p => (p.Name, p.Shape, module.Read(p.Name)))]);
        return module.Graph.Parameters.ToDictionary(p => p.Name, p => module.Read(p.Name), StringComparer.Ordinal);
    }
}
