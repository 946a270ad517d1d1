using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Api.Tests.Runs;

/// <summary>A run's recipe can be asked for again: what is sent back gives an equal recipe.</summary>
public sealed class ARecipeThatIsAskedForAgain(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static readonly PartialRecipe Whole = new()
    {
        Preset = "balanced",
        ["model.architecture"] = "resnet18",
        ["budget.epochs"] = 3,
        ["data.seed"] = 7,
        ["data.batchSize"] = 8,
        ["data.fitBatch"] = true,
        ["data.microBatch"] = 4,
        ["data.sampler"] = "stratified",
        ["data.repeats"] = 2,
        ["optimizer.learningRate"] = 0.004,
        ["optimizer.weightDecay"] = 0.02,
        ["optimizer.clipNorm"] = 5,
        ["loss.labelSmoothing"] = 0.05,
        ["transfer.pretrained"] = true,
        ["transfer.backboneRate"] = 0.3,
        ["transfer.head"] = "trained",
        ["transfer.refit"] = false,
        ["transfer.layerDecay"] = 0.8,
        ["transfer.frozenGroups"] = 2,
        ["transfer.unfreezeEpochs"] = 1,
        ["transfer.frozenNorms"] = true,
        ["schedule.warmupFraction"] = 0.2,
        ["augmentation.cropScaleMin"] = 0.5,
        ["augmentation.horizontalFlip"] = false,
        ["augmentation.colorJitter"] = 0.1,
        ["augmentation.rotationDegrees"] = 5,
        ["augmentation.preset"] = AugmentationPresets.Strong,
        ["augmentation.cropPadding"] = 0.1,
        ["augmentation.verticalFlip"] = true,
        ["augmentation.policy"] = AugmentationSettings.RandAugment,
        ["augmentation.policyOperations"] = 3,
        ["augmentation.policyMagnitude"] = 12,
        ["augmentation.shift"] = 0.2,
        ["augmentation.zoom"] = 0.3,
        ["augmentation.shearDegrees"] = 10,
        ["augmentation.perspective"] = 0.4,
        ["augmentation.hue"] = 0.1,
        ["augmentation.grayscale"] = 0.2,
        ["augmentation.blur"] = 0.5,
        ["augmentation.blurSigma"] = 3,
        ["augmentation.sharpness"] = 0.6,
        ["augmentation.posterize"] = 0.1,
        ["augmentation.posterizeBits"] = 3,
        ["augmentation.solarize"] = 0.2,
        ["augmentation.solarizeThreshold"] = 200,
        ["augmentation.equalize"] = 0.3,
        ["augmentation.autoContrast"] = 0.4,
        ["augmentation.invert"] = 0.05,
        ["augmentation.erasing"] = 0.25,
        ["augmentation.erasingMax"] = 0.2,
        ["model.inputSize"] = 64,
        ["data.startSize"] = 48,
        ["preprocessing.resize"] = PreprocessingSettings.Pad,
        ["preprocessing.padColor"] = "#808080",
        ["preprocessing.grayscale"] = true,
        ["loss.kind"] = LossSettings.Focal,
        ["loss.focus"] = 1.5,
        ["loss.classWeights"] = LossSettings.Effective,
        ["loss.overlap"] = 0.9,
        ["optimizer.kind"] = OptimizerSettings.Sgd,
        ["optimizer.decayAll"] = true,
        ["optimizer.momentum"] = 0.8,
        ["optimizer.nesterov"] = true,
        ["optimizer.beta1"] = 0.8,
        ["optimizer.beta2"] = 0.99,
        ["optimizer.alpha"] = 0.9,
        ["optimizer.epsilon"] = 1e-6,
        ["schedule.kind"] = ScheduleSettings.MultiStep,
        ["schedule.factor"] = 0.5,
        ["schedule.stepEpochs"] = 7,
        ["schedule.milestones"] = "30,60",
        ["schedule.cycles"] = 2,
        ["schedule.power"] = 2.0,
        ["schedule.patience"] = 5,
        ["averaging.kind"] = AveragingSettings.Exponential,
        ["averaging.decay"] = 0.5,
        ["averaging.soup"] = 3,
        ["compute.precision"] = ComputeSettings.BFloat16,
        ["stopping.patience"] = 3,
        ["regularization.dropout"] = 0.3,
        ["regularization.mixUp"] = 0.2,
        ["regularization.cutMix"] = 1.0,
        ["regularization.stochasticDepth"] = 0.1,
    };

    private static readonly Dictionary<string, PartialRecipe> Recipes = new()
    {
        ["the preset alone"] = new() { Preset = "fast" },
        ["every value"] = Whole,
        ["from random numbers"] = Whole.With("transfer.pretrained", false),
        ["from a model"] = Whole
            .With("model.architecture", null)
            .With(
                "transfer.start",
                new StartSettings
                {
                    Model = Planted.Project,
                    Version = 1,
                    Groups = 2,
                }
            ),
    };

    public static TheoryData<string> Names => [.. Recipes.Keys];

    private static Task<RunResponse> StartAsync(TenantSession session, Guid version, PartialRecipe recipe) =>
        session.Client.CreateRunAsync(
            session.Org,
            new()
            {
                Project = Planted.Project,
                DatasetVersion = version,
                Recipe = recipe,
            },
            ApiApplication.Cancel
        );

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_the_same(string name)
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        if (Recipes[name]["transfer.start"] is not null)
            await session.AddModelVersionAsync(version.Id);
        var first = await StartAsync(session, version.Id, Recipes[name]);
        var again = await StartAsync(session, version.Id, PartialRecipe.Of(first.Recipe));
        Assert.Equal(Text(first.Recipe), Text(again.Recipe));
    }

    private static string Text(Recipe recipe) => RecipeDocument.Write(recipe).ToJsonString();

    /// <summary>A setting that is added to the recipe fails here until "every value" has it.</summary>
    [Fact]
    public void Is_tried_with_every_setting() =>
        Assert.All(
            RecipeSchema.Settings.Where(s => !s.Path.StartsWith("transfer.start.", StringComparison.Ordinal)),
            setting => Assert.NotNull(Whole[setting.Path])
        );
}
