using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Tests.Recipes;

/// <summary>Checkpoints are found by what was trained: a later version must find those of an earlier one.</summary>
public sealed class TheIdentityOfARecipe
{
    /// <summary>A recipe as the first schema wrote it. Never changed: documents like it lie in databases and run directories.</summary>
    private const string First = """
        {"schema":1,"preset":"balanced","model":{"architecture":"mobilenet_v2","inputSize":224},"data":{"seed":0,"batchSize":32},
        "augmentation":{"cropScaleMin":0.35,"horizontalFlip":true,"colorJitter":0.2,"rotationDegrees":15},"loss":{"labelSmoothing":0.1},
        "optimizer":{"learningRate":0.002,"weightDecay":0.01},"schedule":{"warmupFraction":0.1},
        "transfer":{"pretrained":true,"backboneRate":0.1,"start":null},"regularization":{"dropout":null,"stochasticDepth":null},
        "budget":{"epochs":5}}
        """;

    private const string HashOfFirst = "93a047140e31ba95ca0c98cca7f16be6529174ac671708cc19a4abb14ea8a1d8";

    private static readonly string[] SettingsOfTheFirstSchema =
    [
        "augmentation.colorJitter",
        "augmentation.cropScaleMin",
        "augmentation.horizontalFlip",
        "augmentation.rotationDegrees",
        "budget.epochs",
        "data.batchSize",
        "data.seed",
        "loss.labelSmoothing",
        "model.architecture",
        "model.inputSize",
        "optimizer.learningRate",
        "optimizer.weightDecay",
        "schedule.warmupFraction",
        "transfer.backboneRate",
        "transfer.pretrained",
    ];

    /// <summary>Neutral values, frozen when each setting came.</summary>
    private static readonly Dictionary<string, object?> Neutral = new()
    {
        ["augmentation.autoContrast"] = 0.0,
        ["augmentation.blur"] = 0.0,
        ["augmentation.blurSigma"] = 2.0,
        ["augmentation.cropPadding"] = 0.0,
        ["augmentation.equalize"] = 0.0,
        ["augmentation.erasing"] = 0.0,
        ["augmentation.erasingMax"] = 0.33,
        ["augmentation.grayscale"] = 0.0,
        ["augmentation.hue"] = 0.0,
        ["augmentation.invert"] = 0.0,
        ["augmentation.perspective"] = 0.0,
        ["augmentation.policy"] = "none",
        ["augmentation.policyMagnitude"] = 9,
        ["augmentation.policyOperations"] = 2,
        ["augmentation.posterize"] = 0.0,
        ["augmentation.posterizeBits"] = 4,
        ["augmentation.preset"] = null,
        ["augmentation.sharpness"] = 0.0,
        ["augmentation.shearDegrees"] = 0.0,
        ["augmentation.shift"] = 0.0,
        ["augmentation.solarize"] = 0.0,
        ["augmentation.solarizeThreshold"] = 128,
        ["augmentation.verticalFlip"] = false,
        ["augmentation.zoom"] = 0.0,
        ["optimizer.clipNorm"] = null,
        ["regularization.cutMix"] = 0.0,
        ["regularization.dropout"] = null,
        ["regularization.mixUp"] = 0.0,
        ["regularization.stochasticDepth"] = null,
        ["transfer.start.classes"] = null,
        ["transfer.start.groups"] = null,
        ["preprocessing.resize"] = "crop",
        ["preprocessing.padColor"] = "#000000",
        ["preprocessing.grayscale"] = false,
        ["averaging.decay"] = null,
        ["averaging.kind"] = "none",
        ["averaging.soup"] = 1,
        ["compute.precision"] = "float32",
        ["data.startSize"] = null,
        ["data.fitBatch"] = false,
        ["data.microBatch"] = null,
        ["data.repeats"] = 1,
        ["data.sampler"] = "shuffle",
        ["loss.classWeights"] = "none",
        ["loss.focus"] = 2.0,
        ["loss.kind"] = "cross-entropy",
        ["loss.overlap"] = 0.999,
        ["optimizer.alpha"] = 0.99,
        ["optimizer.beta1"] = 0.9,
        ["optimizer.beta2"] = 0.999,
        ["optimizer.decayAll"] = false,
        ["optimizer.epsilon"] = 1e-8,
        ["optimizer.kind"] = "adamw",
        ["optimizer.momentum"] = 0.9,
        ["optimizer.nesterov"] = false,
        ["schedule.cycles"] = 3,
        ["schedule.factor"] = 0.1,
        ["schedule.kind"] = "cosine",
        ["schedule.milestones"] = null,
        ["schedule.patience"] = 2,
        ["schedule.power"] = 1.0,
        ["schedule.stepEpochs"] = 10,
        ["stopping.patience"] = null,
        ["transfer.frozenGroups"] = null,
        ["transfer.frozenNorms"] = false,
        ["transfer.head"] = "trained",
        ["transfer.layerDecay"] = 1.0,
        ["transfer.refit"] = false,
        ["transfer.start.model"] = null,
        ["transfer.start.name"] = "",
        ["transfer.start.version"] = null,
        ["transfer.start.weights"] = null,
        ["transfer.unfreezeEpochs"] = null,
    };

    private static Recipe Read(string json) => RecipeDocument.Read(JsonNode.Parse(json)!.AsObject());

    private static string Hash(Recipe recipe) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RecipeIdentity.Of(recipe).ToJsonString())));

    [Fact]
    public void Of_a_recipe_of_the_first_schema_never_changes() => Assert.Equal(HashOfFirst, Hash(Read(First)));

    [Fact]
    public void Names_the_settings_of_the_first_schema_and_no_neutral_one() =>
        Assert.Equal(SettingsOfTheFirstSchema, RecipeIdentity.Of(Read(First)).Select(pair => pair.Key));

    [Fact]
    public void Leaves_out_settings_by_values_that_are_frozen() =>
        Assert.Equal(Neutral, RecipeSchema.Settings.Where(s => s.HasNeutral).ToDictionary(s => s.Path, s => s.Neutral));

    [Fact]
    public void Does_not_depend_on_todays_presets()
    {
        var old = Read(First);
        var changed = old with { Budget = new() { Epochs = 6 } };
        Assert.NotEqual(Hash(old), Hash(changed));
        Assert.Equal(Hash(old), Hash(old with { Preset = "renamed" }));
        Assert.Equal(15, RecipeIdentity.Of(old)["augmentation.rotationDegrees"]!.GetValue<double>());
    }

    [Fact]
    public void Has_what_the_classifier_was_kept_for_and_not_what_the_weights_are_called()
    {
        var old = Read(First);
        Recipe From(StartSettings start) => old with { Transfer = old.Transfer with { Start = start } };
        Assert.Equal(
            Hash(From(new() { Name = "a", Weights = Guid.Empty })),
            Hash(
                From(
                    new()
                    {
                        Name = "b",
                        Model = "m",
                        Version = 2,
                    }
                )
            )
        );
        Assert.NotEqual(Hash(From(new() { Groups = 2 })), Hash(From(new() { Groups = 3 })));
        Assert.NotEqual(Hash(From(new() { Classes = ["a", "b"] })), Hash(From(new() { Classes = ["b", "a"] })));
    }

    [Fact]
    public void Is_the_same_for_a_document_that_lacks_what_came_later()
    {
        var document = JsonNode.Parse(First)!.AsObject();
        document.Remove("regularization");
        document["regularization"] = new JsonObject();
        Assert.Equal(Hash(Read(First)), Hash(RecipeDocument.Read(document)));
    }
}

public sealed class TheSchemaOfRecipes
{
    [Fact]
    public void Has_words_for_every_setting() =>
        Assert.All(
            RecipeSchema.Settings,
            setting =>
            {
                Assert.NotEmpty(setting.About.Title);
                Assert.EndsWith(".", setting.About.Help, StringComparison.Ordinal);
                Assert.True(
                    !setting.Nullable || setting.About.Provenance || setting.About.ReadOnly || setting.About.Null.Length > 0,
                    setting.Path
                );
            }
        );

    [Fact]
    public void Is_a_JSON_Schema_with_ranges_units_and_scales()
    {
        var schema = RecipeJsonSchema.Write(RecipePresets.Names);
        var rate = schema["properties"]!["optimizer"]!["properties"]!["learningRate"]!;
        Assert.Equal(
            ("number", 1e-7, 10d, "log"),
            ((string)rate["type"]!, (double)rate["minimum"]!, (double)rate["maximum"]!, (string)rate["x-scale"]!)
        );
        var kind = schema["properties"]!["optimizer"]!["properties"]!["kind"]!;
        Assert.Equal(["adamw", "adam", "sgd", "rmsprop"], kind["enum"]!.AsArray().Select(n => (string)n!));
        Assert.Equal("pixels", (string)schema["properties"]!["model"]!["properties"]!["inputSize"]!["x-unit"]!);
        Assert.Equal(["fast", "balanced", "best"], schema["properties"]!["preset"]!["examples"]!.AsArray().Select(n => (string)n!));
        // The organisation's own recipes are presets too.
        Assert.Null(schema["properties"]!["preset"]!["enum"]);
        var start = schema["properties"]!["transfer"]!["properties"]!["start"]!;
        Assert.Equal(["object", "null"], start["type"]!.AsArray().Select(n => (string)n!));
        Assert.True((bool)start["properties"]!["name"]!["readOnly"]!);
    }
}
