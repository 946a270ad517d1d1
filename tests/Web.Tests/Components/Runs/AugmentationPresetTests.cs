using GpuGeek.Recipes;
using GpuGeek.Web.Components.Pages.Runs;

namespace GpuGeek.Web.Tests.Components.Runs;

/// <summary>A form whose values come from a run that is trained again.</summary>
public sealed class AnAugmentationPresetInTheForm
{
    private static readonly Setting Preset = RecipeSchema.Get(AugmentationPresets.Path),
        Hue = RecipeSchema.Get("augmentation.hue"),
        Erasing = RecipeSchema.Get("augmentation.erasing");

    private static NewRunForm Filled()
    {
        var form = new NewRunForm();
        form.Take(SampleRecipes.Whole, StartChoice.Published);
        return form;
    }

    [Fact]
    public void Takes_the_place_of_the_values_that_stood_there()
    {
        var form = Filled();
        form.Choose(Preset, AugmentationPresets.Strong);
        form.Choose(Hue, 0.1);
        var asked = RecipeDocument.Apply(SampleRecipes.Whole, form.Request("flowers").Recipe);
        Assert.Equal(AugmentationPresets.Find(AugmentationPresets.Strong)! with { Hue = 0.1 }, asked.Augmentation);
        Assert.Equal(SampleRecipes.Whole.Optimizer, asked.Optimizer);
    }

    [Fact]
    public void Is_what_empty_fields_mean()
    {
        var form = Filled();
        form.Choose(Preset, AugmentationPresets.Strong);
        Assert.Equal(0.1, form.ByAugmentationPreset(Erasing));
        Assert.Null(form.ByAugmentationPreset(RecipeSchema.Get("data.seed")));
        form.Choose(Preset, null);
        Assert.Null(form.ByAugmentationPreset(Erasing));
        Assert.Null(form[Erasing.Path]);
    }
}
