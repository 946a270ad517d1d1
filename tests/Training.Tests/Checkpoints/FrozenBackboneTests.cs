using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Checkpoints;

/// <summary>Its 512 features showed that a batch of embeddings lay at another address in each attempt, and products differed with
/// it.</summary>
public sealed class AFrozenSqueezeNetCutAndResumed : IDisposable
{
    private readonly TempFolder _folder = new();

    public AFrozenSqueezeNetCutAndResumed()
    {
        using var module = new GraphModule(ModelRegistry.Build("squeezenet1_1", 3, 32), TorchSharp.torch.CPU);
        Initialisation.All(module, 5);
        ModuleState.Of(module).Write(Weights);
    }

    private string Weights => _folder.File("weights.safetensors");

    [Fact]
    public void Ends_with_the_bits_of_the_uninterrupted_run()
    {
        var whole = Train();
        // In the embedding, in the training, and not at all: a second run has the bits of the first.
        Assert.Equal(whole, Train(4));
        Assert.Equal(whole, Train(25, 9));
        Assert.Equal(whole, Train());
    }

    public void Dispose() => _folder.Dispose();

    private string Train(params int[] cuts)
    {
        var recipe = RecipePresets.Resolve(
            new()
            {
                Preset = RecipePresets.Fast,
                ["model.architecture"] = "squeezenet1_1",
                ["model.inputSize"] = 32,
                ["data.batchSize"] = 8,
                ["budget.epochs"] = 2,
            }
        );
        using var run = new RunFolder(recipe, f => ShapePictures.Write(f, 17, 4, 4, side: 40), weights: Weights);
        foreach (var events in cuts)
            Assert.Equal(TrainExitCode.Stopped, run.TrainUntil(events));
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        return ModuleState.Read(run.ResultPath(ResultFiles.Weights)).Hash();
    }
}
