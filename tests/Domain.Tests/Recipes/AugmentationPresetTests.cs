using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Tests.Recipes;

public sealed class AnAugmentationPreset
{
    public static TheoryData<string> Names => [.. AugmentationPresets.Names];

    private static Recipe Resolve(string preset, params (string Path, object Value)[] settings)
    {
        var partial = new PartialRecipe { Preset = preset };
        foreach (var (path, value) in settings)
            partial[path] = value;
        return RecipePresets.Resolve(partial);
    }

    [Fact]
    public void Is_each_of_the_choices_of_its_setting() =>
        Assert.Equal(RecipeSchema.Get(AugmentationPresets.Path).About.Choices, AugmentationPresets.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void Says_what_the_whole_section_is(string name) =>
        Assert.Equal(AugmentationPresets.Find(name), Resolve("balanced", (AugmentationPresets.Path, name)).Augmentation);

    [Theory]
    [MemberData(nameof(Names))]
    public void Stands_resolved_in_the_recipe_and_is_asked_for_again_as_it_was(string name)
    {
        var recipe = Resolve("balanced", (AugmentationPresets.Path, name), ("augmentation.hue", 0.1));
        Assert.Equal(recipe, RecipePresets.Resolve(PartialRecipe.Of(recipe)));
    }

    [Fact]
    public void Gives_way_to_the_settings_beside_it()
    {
        var augmentation = Resolve("balanced", ("augmentation.erasing", 0.5), (AugmentationPresets.Path, "strong")).Augmentation;
        Assert.Equal(AugmentationPresets.Find("strong")! with { Erasing = 0.5 }, augmentation);
    }

    [Fact]
    public void Is_typed_as_any_setting()
    {
        var partial = new PartialRecipe { Preset = "balanced" };
        partial.Set("augmentation.preset=tutorial");
        Assert.Equal(0.08, RecipePresets.Resolve(partial).Augmentation.CropScaleMin);
    }

    [Fact]
    public void Does_not_change_what_a_recipe_is_beside_its_values()
    {
        var named = Resolve("balanced", (AugmentationPresets.Path, "medium"));
        Assert.Equal(RecipeIdentity.Of(Resolve("balanced")).ToJsonString(), RecipeIdentity.Of(named).ToJsonString());
    }

    [Fact]
    public void That_is_not_known_is_told_the_nearest() =>
        Assert.Contains(
            "Did you mean strong?",
            Assert.Throws<RecipeException>(() => Resolve("balanced", (AugmentationPresets.Path, "stronk"))).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("none")]
    [InlineData("light")]
    public void Of_views_alone_suits_a_frozen_backbone(string name) =>
        Assert.Equal(AugmentationPresets.Find(name), Resolve("fast", (AugmentationPresets.Path, name)).Augmentation);

    [Theory]
    [InlineData("medium")]
    [InlineData("strong")]
    [InlineData("tutorial")]
    public void With_changes_of_each_epoch_is_refused_for_a_frozen_backbone(string name)
    {
        var refusal = Assert.Throws<DomainException>(() => Resolve("fast", (AugmentationPresets.Path, name)));
        Assert.Equal("augmentation_unsupported", refusal.Code);
        Assert.Contains("augmentation.preset would change nothing", refusal.Message, StringComparison.Ordinal);
    }
}

public sealed class AChangeOfEachEpoch
{
    public static TheoryData<string> Paths =>
        [
            "augmentation.colorJitter",
            "augmentation.rotationDegrees",
            .. RecipeSchema
                .Settings.Where(s =>
                    s is { HasNeutral: true, Kind: SettingKind.Number } && s.Path.StartsWith("augmentation.", StringComparison.Ordinal)
                )
                .Select(s => s.Path),
        ];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Is_refused_for_a_frozen_backbone(string path)
    {
        var refusal = Assert.Throws<DomainException>(() => RecipePresets.Resolve(new() { Preset = "fast", [path] = 0.25 }));
        Assert.Equal("augmentation_unsupported", refusal.Code);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_preset_is_switched_off_for_a_frozen_backbone()
    {
        var own = RecipePresets.Resolve(new() { Preset = "balanced", [AugmentationPresets.Path] = "strong" });
        var frozen = RecipePresets.Resolve(new() { Preset = "mine", ["transfer.backboneRate"] = 0 }, own);
        Assert.Equal(AugmentationSettings.None with { CropScaleMin = 0.08, HorizontalFlip = true }, frozen.Augmentation);
    }

    [Theory]
    [InlineData("augmentation.blurSigma", "augmentation.blur", 0.5)]
    [InlineData("augmentation.erasingMax", "augmentation.erasing", 0.5)]
    [InlineData("augmentation.policyMagnitude", "augmentation.policy", "randaugment")]
    public void Has_details_that_apply_where_it_is_on(string detail, string owner, object on)
    {
        var setting = RecipeSchema.Get(detail);
        Assert.False(setting.Applies(_ => null));
        Assert.True(setting.Applies(path => path == owner ? on : null));
    }
}
