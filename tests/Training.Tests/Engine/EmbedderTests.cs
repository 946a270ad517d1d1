using System.Runtime.InteropServices;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Engine;

/// <summary>Embeddings are kept from one run to the next, so the other pictures of a run must not change one.</summary>
public sealed class TheEmbeddingOfAPicture : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("squeezenet1_1")]
    [InlineData("mobilenet_v2")]
    [InlineData("swin_t")]
    public void Has_the_same_bits_in_any_company(string architecture)
    {
        using (var module = new GraphModule(ModelRegistry.Build(architecture, 3, 64), TorchSharp.torch.CPU))
        {
            Initialisation.All(module, 5);
            ModuleState.Of(module).Write(Weights);
        }
        var all = Embed(architecture, images => images);
        var few = Embed(architecture, images => [.. images.Where((_, i) => i % 5 == 3)]);
        Assert.True(few.Count is > 5 && few.Count < all.Count);
        foreach (var (key, vector) in few)
            Assert.Equal(all[key], vector);
    }

    [Fact]
    public void Of_another_kind_of_device_is_another_one()
    {
        using var run = new RunFolder(TestRecipes.Tiny(), folder => ShapePictures.Write(folder, 3, 3, 3));
        Assert.NotEqual(EmbeddingKey.Of(run.Spec), EmbeddingKey.Of(run.Spec with { Device = RunSpec.Cuda }));
    }

    private string Weights => _folder.File("weights.safetensors");

    private Dictionary<(string, byte), float[]> Embed(string architecture, Func<RunImage[], RunImage[]> choose)
    {
        var recipe = RecipePresets.Resolve(
            new()
            {
                Preset = RecipePresets.Fast,
                ["model.architecture"] = architecture,
                ["model.inputSize"] = 64,
            }
        );
        using var run = new RunFolder(recipe, f => choose(ShapePictures.Write(f, 9, 3, 3, side: 70)), weights: Weights);
        Assert.Equal(TrainExitCode.Succeeded, TrainingProgram.Embed(run.Files, CancellationToken.None));
        using var file = File.OpenRead(EmbeddingFile.PathIn(run.Files, EmbeddingKey.Of(run.Spec)));
        return EmbeddingFile
            .Read(file)
            .ToDictionary(
                record => (Convert.ToHexStringLower(record.Picture), record.View),
                record => MemoryMarshal.Cast<byte, float>(record.Vector).ToArray()
            );
    }
}
