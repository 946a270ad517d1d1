using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.TestSupport;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Data;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Data;

public sealed class PicturesThatGrow
{
    private static int[] Sides(int start, int inputSize, int epochs)
    {
        var recipe = TestRecipes.Tiny(epochs: epochs, inputSize: inputSize);
        recipe = recipe with { Data = recipe.Data with { StartSize = start } };
        return [.. Enumerable.Range(0, epochs).Select(e => GrowingPictures.In(e, recipe, Preprocessing.Of(recipe)).CropSize)];
    }

    [Fact]
    public void Have_their_whole_size_in_the_last_quarter_of_the_epochs()
    {
        Assert.Equal([128, 160, 192, 224], Sides(128, 224, 4));
        Assert.Equal([128, 128, 160, 192, 192, 192, 224, 224], Sides(128, 224, 8));
        Assert.Equal([224], Sides(128, 224, 1));
        Assert.Equal([224, 224], Sides(224, 224, 2));
        Assert.Equal(Sides(100, 224, 20).Order(), Sides(100, 224, 20));
        Assert.Equal(100, Sides(100, 224, 20)[0]);
    }

    /// <summary>The catalogue says which networks take any size: the others have something that belongs to one.</summary>
    [Theory]
    [InlineData("mobilenet_v2")]
    [InlineData("mobilenet_v3_small")]
    [InlineData("resnet18")]
    [InlineData("densenet121")]
    [InlineData("efficientnet_b0")]
    [InlineData("squeezenet1_0")]
    [InlineData("convnext_tiny")]
    public void Are_for_networks_that_are_the_same_at_every_size(string name)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using GraphModule large = new(ModelRegistry.Build(name, 3, 96), CPU),
            small = new(ModelRegistry.Build(name, 3, 64), CPU);
        Initialisation.All(large, 1);
        ModuleState.Of(large).CopyTo(small);
        var input = linspace(-2, 2, 2 * 64 * 64 * 3).sin().view(2, 64, 64, 3).permute(0, 3, 1, 2);
        var asLarge = large.Forward(input, ModePlan.Eval(large.Graph));
        var asSmall = small.Forward(input, ModePlan.Eval(small.Graph));
        Assert.True(ModelCatalog.All[name].TakesOtherSizes);
        Assert.True(asLarge.equal(asSmall).all().item<bool>());
    }

    [Theory(SkipUnless = nameof(LongTests.Wanted), SkipType = typeof(LongTests), Skip = LongTests.Reason)]
    [InlineData("vgg11")]
    public void Are_for_large_networks_too(string name) => Are_for_networks_that_are_the_same_at_every_size(name);

    [Theory]
    [InlineData("shufflenet_v2_x1_0")]
    [InlineData("deit_tiny_patch16_224")]
    [InlineData("swin_t")]
    public void Are_not_for_networks_that_belong_to_one_size(string name) => Assert.False(ModelCatalog.All[name].TakesOtherSizes);

    [Fact]
    public void Of_a_run_that_was_cut_are_those_of_one_that_was_not()
    {
        var recipe = TestRecipes.Tiny("mobilenet_v3_small", epochs: 4, inputSize: 96) with { Augmentation = TestRecipes.Augmented };
        recipe = recipe with
        {
            Data = recipe.Data with { StartSize = 32, MicroBatch = 4 },
            Regularization = recipe.Regularization with { MixUp = 0.4, CutMix = 1 },
        };
        using RunFolder whole = new(recipe, folder => ShapePictures.Write(folder, 17, 6, 6, side: 40)),
            cut = new(recipe, folder => ShapePictures.Write(folder, 17, 6, 6, side: 40));
        Assert.Equal(TrainExitCode.Succeeded, whole.Train());
        Assert.Equal(TrainExitCode.Stopped, cut.TrainUntil(30));
        Assert.Equal(TrainExitCode.Succeeded, cut.Train());
        Assert.Equal(
            ModuleState.Read(whole.ResultPath(ResultFiles.Weights)).Hash(),
            ModuleState.Read(cut.ResultPath(ResultFiles.Weights)).Hash()
        );
    }
}
