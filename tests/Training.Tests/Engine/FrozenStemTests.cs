using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Checkpoints;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Engine;

public sealed class FrozenLayersWithoutAugmentation
{
    private static Recipe Frozen(string architecture, int groups, string settings = "")
    {
        var partial = new PartialRecipe
        {
            Preset = RecipePresets.Balanced,
            [AugmentationPresets.Path] = AugmentationPresets.None,
            ["transfer.frozenGroups"] = groups,
        };
        foreach (var setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            partial.Set(setting);
        return RecipeDocument.Apply(TestRecipes.Tiny(architecture), partial);
    }

    private static RunFolder Folder(Recipe recipe) => new(recipe, folder => ShapePictures.Write(folder, 17, 6, 6, side: 40));

    private static string Hash(RunFolder run) => ModuleState.Read(run.ResultPath(ResultFiles.Weights)).Hash();

    private static string[] Kept(RunFolder run) => Directory.GetFiles(run.Files.Cache, "stem-*");

    private static double[] Losses(RunFolder run) =>
        [.. run.Events().OfType<MetricEvent>().Where(m => m.Name == MetricNames.TrainLoss).Select(m => m.Value)];

    /// <summary>Whatever is kept: the network behind it computes what the whole network computes, in every bit.</summary>
    [Theory]
    [InlineData("resnet18", 2)]
    [InlineData("mobilenet_v2", 9)]
    [InlineData("densenet121", 3)]
    [InlineData("efficientnet_b0", 3)]
    [InlineData("convnext_tiny", 3)]
    [InlineData("deit_tiny_patch16_224", 5)]
    [InlineData("swin_t", 2)]
    public void Have_an_end_behind_which_the_rest_computes_the_same(string name, int groups)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var module = new GraphModule(ModelRegistry.Build(name, 3, 64), CPU);
        Initialisation.All(module, 1);
        var recipe = Frozen("resnet18", groups);
        var layers = LayerPlan.Of(module.Graph, recipe.Transfer);
        var end = FrozenStem.EndOf(module, layers, recipe)!;
        Assert.True(end.Group >= groups - 2, $"{end.Path} of group {end.Group}");
        var input = linspace(-2, 2, 2 * 64 * 64 * 3).sin().view(2, 64, 64, 3).permute(0, 3, 1, 2);
        var plan = ModePlan.Eval(module.Graph);
        var whole = module.Forward(input, plan);
        var behind = module.Forward(module.Forward(input, plan, until: end), plan, from: end);
        Assert.True(whole.equal(behind).all().item<bool>());
    }

    [Theory]
    [InlineData("augmentation.horizontalFlip=true")]
    [InlineData("regularization.mixUp=0.2")]
    [InlineData("regularization.cutMix=1")]
    [InlineData("transfer.frozenGroups=null")]
    [InlineData("data.startSize=32")]
    public void Are_not_kept_where_their_values_change(string setting)
    {
        using var module = new GraphModule(ModelRegistry.Build("resnet18", 3, 64), CPU);
        var recipe = Frozen("resnet18", 2, setting);
        Assert.Null(FrozenStem.EndOf(module, LayerPlan.Of(module.Graph, recipe.Transfer), recipe));
    }

    [Fact]
    public void That_learn_later_are_not_kept()
    {
        using var module = new GraphModule(ModelRegistry.Build("resnet18", 3, 64), CPU);
        var recipe = Frozen("resnet18", 1, "transfer.unfreezeEpochs=1 budget.epochs=9");
        var end = FrozenStem.EndOf(module, LayerPlan.Of(module.Graph, recipe.Transfer), recipe)!;
        Assert.Equal(0, end.Group);
    }

    [Fact]
    public void Are_computed_once_and_the_training_is_the_same_but_for_the_last_bits()
    {
        using var kept = Folder(Frozen("resnet18", 2));
        // An idle setting that is not none's: nothing else differs.
        using var computed = Folder(Frozen("resnet18", 2, "augmentation.policyMagnitude=12"));
        var log = ThePartsOfACheckpoint.Logged(() => Assert.Equal(TrainExitCode.Succeeded, kept.Train()));
        Assert.Equal(TrainExitCode.Succeeded, computed.Train());
        Assert.Contains("never learn", log, StringComparison.Ordinal);
        Assert.Single(Kept(kept));
        Assert.Empty(Kept(computed));
        Assert.Equal(Losses(computed)[0], Losses(kept)[0], 1e-4);
        Assert.Equal(Losses(computed).Length, Losses(kept).Length);
        Assert.Equal(Losses(computed).Average(), Losses(kept).Average(), 0.05);
    }

    [Theory]
    [InlineData("shufflenet_v2_x1_0", "")]
    [InlineData("mobilenet_v3_small", "compute.precision=bfloat16 data.sampler=oversample data.repeats=2 averaging.soup=2")]
    public void Of_a_run_that_was_cut_give_the_same_bits_also_where_their_file_was_damaged(string architecture, string settings)
    {
        var recipe = Frozen(architecture, 2, settings);
        using RunFolder whole = Folder(recipe),
            cut = Folder(recipe);
        Assert.Equal(TrainExitCode.Succeeded, whole.Train());
        Assert.Equal(TrainExitCode.Stopped, cut.TrainUntil(11));
        var path = Assert.Single(Kept(cut));
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(file.Length / 2 + 5);
            file.Position = 100;
            file.WriteByte(77);
        }
        Assert.Equal(TrainExitCode.Stopped, cut.TrainUntil(9));
        Assert.Equal(TrainExitCode.Succeeded, cut.Train());
        Assert.Equal(Hash(whole), Hash(cut));
    }
}
