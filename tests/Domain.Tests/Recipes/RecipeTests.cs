using System.Text.Json.Nodes;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Tests.Recipes;

public sealed class APartialRecipe
{
    private static readonly Recipe Basis = RecipePresets.Resolve(new() { Preset = RecipePresets.Balanced });

    private static PartialRecipe Parse(string json) => System.Text.Json.JsonSerializer.Deserialize<PartialRecipe>(json)!;

    private static IReadOnlyList<RecipeProblem> Problems(string json) =>
        Assert.Throws<RecipeException>(() => RecipeDocument.Apply(Basis, Parse(json))).Problems;

    [Fact]
    public void Changes_what_it_names_and_nothing_else()
    {
        var recipe = RecipeDocument.Apply(Basis, Parse("""{"budget":{"epochs":9},"optimizer":{"learningRate":0.5}}"""));
        var expected = Basis with
        {
            Budget = new() { Epochs = 9 },
            Optimizer = Basis.Optimizer with { LearningRate = 0.5 },
        };
        Assert.Equal(expected, recipe);
    }

    [Theory]
    [InlineData("""{"budget":null}""")]
    [InlineData("""{"budget":{"epochs":null}}""")]
    [InlineData("""{}""")]
    public void That_says_nothing_of_a_setting_takes_the_presets_value(string json) =>
        Assert.Equal(Basis, RecipeDocument.Apply(Basis, Parse(json)));

    [Theory]
    [InlineData("""{"optimiser":{"learningRate":1}}""", "optimiser", "optimizer")]
    [InlineData("""{"optimizer":{"learningrate":1}}""", "optimizer.learningrate", "optimizer.learningRate")]
    [InlineData("""{"epochs":5}""", "epochs", "budget.epochs")]
    [InlineData("""{"data":{"epochs":5}}""", "data.epochs", "budget.epochs")]
    [InlineData("""{"transfer":{"start":{"weight":"x"}}}""", "transfer.start.weight", "transfer.start.weights")]
    public void With_an_unknown_setting_is_told_its_path_and_the_nearest_name(string json, string path, string nearest)
    {
        var problem = Assert.Single(Problems(json));
        Assert.Equal((path, "unknown_setting"), (problem.Path, problem.Code));
        Assert.Contains($"did you mean '{nearest}'", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("swin_t", 64, "built for one input size")]
    [InlineData("resnet18", 256, "grow to the input size of 224")]
    public void With_pictures_that_cannot_grow_is_told_why(string architecture, int startSize, string why)
    {
        var refused = Assert.Throws<DomainException>(() =>
            RecipePresets.Resolve(
                new()
                {
                    Preset = RecipePresets.Balanced,
                    ["model.architecture"] = architecture,
                    ["data.startSize"] = startSize,
                }
            )
        );
        Assert.Equal("invalid_input_size", refused.Code);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"budget":{"epochs":0}}""", "budget.epochs", "from 1 to 1000, not 0")]
    [InlineData("""{"budget":{"epochs":2.5}}""", "budget.epochs", "a whole number from 1 to 1000")]
    [InlineData("""{"budget":{"epochs":"5"}}""", "budget.epochs", "a whole number")]
    [InlineData("""{"budget":{"epochs":99999999999}}""", "budget.epochs", "a whole number")]
    [InlineData("""{"budget":{"epochs":[]}}""", "budget.epochs", "a whole number")]
    [InlineData("""{"optimizer":{"learningRate":true}}""", "optimizer.learningRate", "a number from 1E-07 to 10")]
    [InlineData("""{"optimizer":{"learningRate":1e999}}""", "optimizer.learningRate", "a number")]
    [InlineData("""{"augmentation":{"horizontalFlip":1}}""", "augmentation.horizontalFlip", "true or false")]
    [InlineData("""{"model":{"architecture":""}}""", "model.architecture", "a text")]
    [InlineData("""{"transfer":{"start":{"weights":"x"}}}""", "transfer.start.weights", "an id")]
    [InlineData("""{"budget":7}""", "budget", "is a section")]
    [InlineData("""{"optimizer":{"kind":"adamW"}}""", "optimizer.kind", "one of adamw, adam, sgd, rmsprop. Did you mean adamw?")]
    [InlineData("""{"preprocessing":{"padColor":"red"}}""", "preprocessing.padColor", "a colour as #rrggbb, such as #7f7f7f")]
    [InlineData("""{"preprocessing":{"padColor":"#12345g"}}""", "preprocessing.padColor", "a colour")]
    [InlineData("""{"preprocessing":{"padColor":7}}""", "preprocessing.padColor", "a colour")]
    [InlineData("""{"loss":{"kind":1}}""", "loss.kind", "one of cross-entropy, focal")]
    public void With_an_impossible_value_is_told_what_is_possible(string json, string path, string part)
    {
        var problem = Assert.Single(Problems(json));
        Assert.Equal((path, "impossible_value"), (problem.Path, problem.Code));
        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_told_everything_at_once() =>
        Assert.Equal(
            ["budget.epochs", "nonsense", "loss.labelSmoothing"],
            Problems("""{"budget":{"epochs":0},"nonsense":{},"loss":{"labelSmoothing":2}}""").Select(p => p.Path)
        );

    [Fact]
    public void Cannot_set_what_the_server_fills_in() =>
        Assert.Equal(
            "",
            RecipeDocument.Apply(Basis, Parse("""{"transfer":{"start":{"name":"mine","classes":["a"]}}}""")).Transfer.Start!.Name
        );

    [Theory]
    [InlineData("optimizer.learningRate=0.01", "optimizer.learningRate", 0.01)]
    [InlineData("budget.epochs=3", "budget.epochs", 3)]
    [InlineData("augmentation.horizontalFlip=false", "augmentation.horizontalFlip", false)]
    [InlineData("model.architecture=resnet18", "model.architecture", "resnet18")]
    public void Is_set_as_people_type_it(string pair, string path, object value)
    {
        var partial = new PartialRecipe();
        partial.Set(pair);
        Assert.Equal(value, RecipeSchema.Get(path).Of(RecipeDocument.Apply(Basis, partial)));
    }

    [Theory]
    [InlineData("epochs=3", "did you mean 'budget.epochs'")]
    [InlineData("budget.epochs", "is not path=value")]
    [InlineData("budget.epochs=many", "a whole number")]
    [InlineData("transfer.start.name=x", "There is no setting")]
    public void Typed_wrongly_is_refused_with_what_is_right(string pair, string part) =>
        Assert.Contains(part, Assert.Throws<RecipeException>(() => new PartialRecipe().Set(pair)).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_a_whole_recipe_asks_for_the_same_whatever_the_preset_is()
    {
        var scratch = RecipePresets.Resolve(new() { Preset = RecipePresets.Balanced, ["transfer.pretrained"] = false });
        Assert.Equal(scratch with { Preset = Basis.Preset }, RecipeDocument.Apply(Basis, PartialRecipe.Of(scratch)));
    }
}

public sealed class ARecipeOfAPreset
{
    [Theory]
    [InlineData("fast")]
    [InlineData("balanced")]
    [InlineData("best")]
    public void Keeps_every_setting_in_its_range(string preset)
    {
        var recipe = RecipePresets.Resolve(new() { Preset = preset });
        Assert.Equal(
            RecipeDocument.Write(recipe).ToJsonString(),
            RecipeDocument.Write(RecipePresets.Resolve(PartialRecipe.Of(recipe))).ToJsonString()
        );
    }

    [Fact]
    public void Must_be_known() =>
        Assert.Equal(
            ("preset", "unknown_preset"),
            Assert
                .Throws<RecipeException>(() => RecipePresets.Resolve(new() { Preset = "quick" }))
                .Problems.Select(p => (p.Path, p.Code))
                .Single()
        );

    [Fact]
    public void With_a_frozen_backbone_has_no_change_that_would_do_nothing()
    {
        var frozen = RecipePresets.Resolve(new() { Preset = "balanced", ["transfer.backboneRate"] = 0 });
        Assert.Equal((0, 0), (frozen.Augmentation.ColorJitter, frozen.Augmentation.RotationDegrees));
        var asked = new PartialRecipe { Preset = "fast", ["augmentation.rotationDegrees"] = 5 };
        Assert.Equal(
            "augmentation_unsupported",
            Assert.Throws<GpuGeek.Domain.Common.DomainException>(() => RecipePresets.Resolve(asked)).Code
        );
    }

    [Theory]
    [InlineData("transfer.layerDecay=0.5")]
    [InlineData("transfer.frozenGroups=2")]
    [InlineData("transfer.unfreezeEpochs=1")]
    [InlineData("transfer.frozenNorms=true")]
    [InlineData("regularization.mixUp=0.2")]
    [InlineData("regularization.cutMix=1")]
    public void With_a_frozen_backbone_refuses_what_only_a_learning_one_has(string setting)
    {
        var asked = new PartialRecipe { Preset = "fast" };
        asked.Set(setting);
        var refusal = Assert.Throws<GpuGeek.Domain.Common.DomainException>(() => RecipePresets.Resolve(asked));
        Assert.Equal("backbone_frozen", refusal.Code);
        Assert.Contains(setting.Split('=')[0], refusal.Message, StringComparison.Ordinal);
        asked.Set("transfer.backboneRate=0.1");
        RecipePresets.Resolve(asked);
        // A whole recipe has every setting: one that is off is not asked for.
        RecipePresets.Resolve(PartialRecipe.Of(RecipePresets.Resolve(new() { Preset = "fast" })));
    }

    [Fact]
    public void With_a_solved_classifier_leaves_out_what_says_how_steps_are_taken()
    {
        var solved = RecipePresets.Resolve(new() { Preset = "fast", ["transfer.head"] = "solved" });
        var trained = RecipePresets.Resolve(new() { Preset = "fast", ["transfer.head"] = "trained" });
        bool Shows(Recipe recipe, string path) => RecipeSchema.Get(path).Applies(other => RecipeSchema.Get(other).Of(recipe));
        foreach (var path in (string[])["optimizer.learningRate", "schedule.kind", "budget.epochs", "data.batchSize", "averaging.kind"])
            Assert.Equal((false, true), (Shows(solved, path), Shows(trained, path)));
        Assert.Equal(
            (false, true),
            (Shows(solved, "transfer.layerDecay"), Shows(RecipePresets.Resolve(new() { Preset = "balanced" }), "transfer.layerDecay"))
        );
        Assert.True(Shows(solved, "data.seed") && Shows(solved, "loss.classWeights") && Shows(solved, "transfer.head"));
    }

    [Theory]
    [InlineData("balanced", "transfer.head=solved", "transfer.backboneRate is not 0")]
    [InlineData("fast", "transfer.head=solved loss.kind=focal", "loss.kind is focal")]
    [InlineData("fast", "transfer.head=solved regularization.dropout=0.2", "regularization.dropout is set")]
    public void Solves_the_classifier_of_a_frozen_backbone_by_cross_entropy_alone(string preset, string settings, string conflict)
    {
        var refusal = Assert.Throws<GpuGeek.Domain.Common.DomainException>(() => RecipePresets.Resolve(Asked(preset, settings)));
        Assert.Equal("head_not_solvable", refusal.Code);
        Assert.Contains(conflict, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("data.seed=3 loss.classWeights=inverse", true)]
    [InlineData("budget.epochs=5", false)]
    [InlineData("optimizer.learningRate=0.01", false)]
    [InlineData("data.batchSize=16", false)]
    [InlineData("loss.kind=focal", false)]
    [InlineData("regularization.dropout=0.2", false)]
    [InlineData("transfer.backboneRate=0.1", false)]
    [InlineData("transfer.head=trained", false)]
    [InlineData("transfer.head=solved budget.epochs=5", true)]
    public void Of_the_fast_preset_solves_its_classifier_unless_the_request_needs_a_trained_one(string settings, bool isSolved)
    {
        var recipe = RecipePresets.Resolve(Asked("fast", settings));
        Assert.Equal((isSolved, isSolved), (recipe.Transfer.SolvesHead, recipe.Transfer.RefitsHead));
        Assert.Equal(isSolved, recipe.Transfer.Refit);
        Assert.Equal(recipe, RecipePresets.Resolve(PartialRecipe.Of(recipe)));
    }

    [Fact]
    public void Refits_no_trained_classifier()
    {
        foreach (var settings in (string[])["transfer.head=trained transfer.refit=true", "transfer.refit=true budget.epochs=5"])
        {
            var refusal = Assert.Throws<GpuGeek.Domain.Common.DomainException>(() => RecipePresets.Resolve(Asked("fast", settings)));
            Assert.Equal("head_not_solvable", refusal.Code);
            Assert.Contains("transfer.refit", refusal.Message, StringComparison.Ordinal);
        }
    }

    private static PartialRecipe Asked(string preset, string settings)
    {
        var asked = new PartialRecipe { Preset = preset };
        foreach (var setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            asked.Set(setting);
        return asked;
    }

    [Fact]
    public void Freezes_the_backbone_by_its_rate_alone()
    {
        var frozen = RecipePresets.Resolve(new() { Preset = "balanced", ["transfer.backboneRate"] = 0 });
        Assert.Equal(0, frozen.Transfer.BackboneRate);
        Assert.Throws<GpuGeek.Domain.Common.DomainException>(() =>
            RecipePresets.Resolve(
                new()
                {
                    Preset = "balanced",
                    ["transfer.backboneRate"] = 0,
                    ["transfer.pretrained"] = false,
                }
            )
        );
    }
}

public sealed class ADocumentOfAnOlderSchema
{
    private static JsonObject Old(string json) => JsonNode.Parse(json)!.AsObject();

    private static void Rename(JsonObject document)
    {
        document["b"] = document["a"]?.DeepClone();
        document.Remove("a");
    }

    [Fact]
    public void Is_made_current_step_by_step() =>
        Assert.Equal(
            """{"schema":3,"b":2}""",
            RecipeUpgrades.Apply(Old("""{"schema":1,"a":1}"""), [Rename, document => document["b"] = 2]).ToJsonString()
        );

    [Fact]
    public void That_is_current_stays_as_it_is() =>
        Assert.Equal("""{"schema":2,"a":1}""", RecipeUpgrades.Apply(Old("""{"schema":2,"a":1}"""), [Rename]).ToJsonString());

    [Theory]
    [InlineData("""{"schema":3}""")]
    [InlineData("""{"schema":0}""")]
    [InlineData("""{"schema":"1"}""")]
    public void That_no_version_wrote_or_a_newer_one_is_refused(string json) =>
        Assert.Equal(
            "unknown_recipe_schema",
            Assert.Throws<RecipeException>(() => RecipeUpgrades.Apply(Old(json), [Rename])).Problems.Single().Code
        );
}
