using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Tests.Recipes;

public sealed class APresetThatKnowsTheData
{
    private static readonly DataFacts Usual = new([1000, 1100, 900], 480);

    private static Recipe Resolve(string preset, DataFacts data, params string[] settings) =>
        RecipePresets.Resolve(Asked(preset, settings), data: data);

    private static PartialRecipe Asked(string preset, params string[] settings)
    {
        var asked = new PartialRecipe { Preset = preset };
        foreach (var setting in settings)
            asked.Set(setting);
        return asked;
    }

    [Fact]
    public void Chooses_nothing_for_usual_data()
    {
        foreach (var preset in RecipePresets.Names)
        {
            Assert.Equal(RecipePresets.Resolve(new() { Preset = preset }), Resolve(preset, Usual));
            Assert.Empty(RecipePresets.Explain(Resolve(preset, Usual), Usual));
        }
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("balanced")]
    [InlineData("best")]
    public void Weighs_classes_where_one_is_rare(string preset)
    {
        var data = new DataFacts([1000, 150, 2000], 480);
        Assert.Equal("effective", Resolve(preset, data).Loss.ClassWeights);
        var choice = Assert.Single(RecipePresets.Explain(Resolve(preset, data), data));
        Assert.Equal(("loss.classWeights", "effective", "rare_classes"), (choice.Setting, choice.Value, choice.Reason));
        Assert.StartsWith("The largest class has 13.3 times the pictures of the smallest", choice.Why, StringComparison.Ordinal);
        // Solving a weighted loss is still solving.
        Assert.Equal(preset == "fast", Resolve(preset, data).Transfer.SolvesHead);
    }

    [Theory]
    [InlineData(640, 32)]
    [InlineData(639, 16)]
    [InlineData(319, 8)]
    [InlineData(20, 8)]
    public void Takes_smaller_batches_of_few_pictures(int train, int batch)
    {
        var data = new DataFacts([train / 2, train - train / 2], 480);
        var recipe = Resolve("balanced", data);
        Assert.Equal(batch, recipe.Data.BatchSize);
        Assert.Equal(batch < 32 ? ["data.batchSize"] : [], RecipePresets.Explain(recipe, data).Select(c => c.Setting));
        Assert.Equal(64, Resolve("fast", data).Data.BatchSize);
    }

    [Theory]
    [InlineData(32, 64)]
    [InlineData(50, 128)]
    [InlineData(110, 224)]
    [InlineData(480, 224)]
    public void Takes_a_smaller_input_for_small_pictures_where_no_weights_expect_another(int shortSide, int side)
    {
        var data = Usual with { ShortSide = shortSide };
        Assert.Equal(side, Resolve("balanced", data, "transfer.pretrained=false").Model.InputSize);
        Assert.Equal(224, Resolve("balanced", data).Model.InputSize);
        Assert.Equal(224, Resolve("balanced", data, "transfer.pretrained=false", "model.architecture=vit_b_16").Model.InputSize);
    }

    [Fact]
    public void Gives_way_to_what_the_request_says()
    {
        var data = new DataFacts([100, 10], 480);
        var recipe = Resolve("balanced", data, "data.batchSize=24", "loss.classWeights=none");
        Assert.Equal((24, "none"), (recipe.Data.BatchSize, recipe.Loss.ClassWeights));
        Assert.Empty(RecipePresets.Explain(recipe, data));
    }

    [Fact]
    public void Gives_a_recipe_that_asks_for_the_same_whatever_the_data_is()
    {
        var recipe = Resolve("balanced", new([100, 10], 480));
        Assert.Equal(recipe, RecipePresets.Resolve(PartialRecipe.Of(recipe), data: Usual));
        Assert.Equal(recipe, RecipePresets.Resolve(PartialRecipe.Of(recipe)));
    }

    [Fact]
    public void Does_not_change_a_recipe_that_the_organisation_keeps()
    {
        var own = RecipePresets.Resolve(new() { Preset = "balanced" }) with { Preset = "mine@1" };
        var data = new DataFacts([100, 10], 480);
        Assert.Equal(own, RecipePresets.Resolve(new() { Preset = "mine" }, own, data));
        Assert.Empty(RecipePresets.Explain(own, data));
    }

    /// <summary>Their running mean is 0 and their variance 1: layers that begin with them must measure their own.</summary>
    [Fact]
    public void Freezes_no_normalisation_of_layers_that_begin_at_random()
    {
        Assert.True(RecipePresets.Resolve(Asked("balanced")).Transfer.FrozenNorms);
        Assert.False(RecipePresets.Resolve(Asked("balanced", "transfer.pretrained=false")).Transfer.FrozenNorms);
        var some = Asked("balanced", "transfer.start.groups=2");
        Assert.False(RecipePresets.Resolve(RecipePresets.WithoutStart(some)).Transfer.FrozenNorms);
        some.Set("transfer.frozenNorms=true");
        Assert.True(RecipePresets.Resolve(RecipePresets.WithoutStart(some)).Transfer.FrozenNorms);
    }

    [Fact]
    public void Says_nothing_of_a_backbone_that_a_request_freezes()
    {
        var frozen = RecipePresets.Resolve(Asked("best", "transfer.backboneRate=0"));
        Assert.Equal((false, "float32"), (frozen.Transfer.FrozenNorms, frozen.Compute.Precision));
        Assert.Equal(frozen, RecipePresets.Resolve(PartialRecipe.Of(frozen)));
    }
}
