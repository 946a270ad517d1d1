using GpuGeek.Recipes;

namespace GpuGeek.Web.Tests.Components.Runs;

/// <summary>Recipes with a value of its own in every setting.</summary>
internal static class SampleRecipes
{
    public static readonly Guid Weights = Guid.Parse("00000000-0000-0000-0000-000000000001");

    public static readonly Recipe Whole = new()
    {
        Preset = "balanced",
        Model = new() { Architecture = "resnet18", InputSize = 64 },
        Preprocessing = new() { Resize = PreprocessingSettings.Squash },
        Data = new()
        {
            Seed = 7,
            BatchSize = 8,
            FitBatch = true,
            MicroBatch = 4,
            Sampler = DataSettings.Stratified,
            Repeats = 3,
            StartSize = 48,
        },
        Augmentation = new()
        {
            Preset = AugmentationPresets.Light,
            CropScaleMin = 0.5,
            HorizontalFlip = false,
            ColorJitter = 0.1,
            RotationDegrees = 5,
        },
        Loss = new() { LabelSmoothing = 0.05 },
        Optimizer = new()
        {
            LearningRate = 0.004,
            WeightDecay = 0.02,
            ClipNorm = 5,
        },
        Schedule = new() { WarmupFraction = 0.2, Milestones = "2" },
        Averaging = new() { Decay = 0.9, Soup = 2 },
        Stopping = new() { Patience = 2 },
        Transfer = new()
        {
            Pretrained = true,
            BackboneRate = 0.3,
            LayerDecay = 0.8,
            FrozenGroups = 2,
            UnfreezeEpochs = 1,
        },
        Regularization = new()
        {
            Dropout = 0.3,
            StochasticDepth = 0.1,
            MixUp = 0.2,
            CutMix = 1,
        },
        Compute = new() { Precision = ComputeSettings.Auto },
        Budget = new() { Epochs = 3 },
    };

    private static Recipe From(TransferSettings transfer) =>
        Whole with
        {
            Transfer = Whole.Transfer with { Pretrained = transfer.Pretrained, Start = transfer.Start },
        };

    /// <summary>Differs from every sample in every value that can differ.</summary>
    public static readonly Recipe Other = new()
    {
        Preset = "fast",
        Model = new() { Architecture = "vgg11", InputSize = 128 },
        Preprocessing = new()
        {
            Resize = PreprocessingSettings.Pad,
            PadColor = "#102030",
            Grayscale = true,
        },
        Data = new()
        {
            Seed = 1,
            BatchSize = 2,
            MicroBatch = 2,
            Sampler = DataSettings.Oversample,
            Repeats = 2,
            StartSize = 96,
        },
        Augmentation = new()
        {
            Preset = AugmentationPresets.Strong,
            CropScaleMin = 0.9,
            CropPadding = 0.1,
            HorizontalFlip = true,
            VerticalFlip = true,
            Policy = AugmentationSettings.RandAugment,
            PolicyOperations = 3,
            PolicyMagnitude = 12,
            RotationDegrees = 90,
            Shift = 0.2,
            Zoom = 0.3,
            ShearDegrees = 10,
            Perspective = 0.4,
            ColorJitter = 0.9,
            Hue = 0.1,
            Grayscale = 0.2,
            Blur = 0.5,
            BlurSigma = 3,
            Sharpness = 0.6,
            Posterize = 0.1,
            PosterizeBits = 3,
            Solarize = 0.2,
            SolarizeThreshold = 200,
            Equalize = 0.3,
            AutoContrast = 0.4,
            Invert = 0.05,
            Erasing = 0.25,
            ErasingMax = 0.2,
        },
        Loss = new()
        {
            Kind = LossSettings.Focal,
            LabelSmoothing = 0.5,
            Focus = 1,
            ClassWeights = LossSettings.Effective,
            Overlap = 0.9,
        },
        Optimizer = new()
        {
            Kind = OptimizerSettings.Sgd,
            LearningRate = 1,
            WeightDecay = 1,
            DecayAll = true,
            Momentum = 0.8,
            Nesterov = true,
            Beta1 = 0.8,
            Beta2 = 0.99,
            Alpha = 0.9,
            Epsilon = 1e-6,
            ClipNorm = 1,
        },
        Schedule = new()
        {
            Kind = ScheduleSettings.MultiStep,
            WarmupFraction = 0.9,
            Factor = 0.5,
            StepEpochs = 7,
            Milestones = "30,60",
            Cycles = 2,
            Power = 2,
            Patience = 5,
        },
        Averaging = new()
        {
            Kind = AveragingSettings.Exponential,
            Decay = 0.5,
            Soup = 5,
        },
        Stopping = new() { Patience = 3 },
        Transfer = new()
        {
            Pretrained = true,
            BackboneRate = 0,
            Head = TransferSettings.Solved,
            Refit = true,
            LayerDecay = 0.5,
            FrozenGroups = 3,
            UnfreezeEpochs = 4,
            FrozenNorms = true,
        },
        Regularization = new() { Dropout = 0.9, StochasticDepth = 0.9 },
        Compute = new() { Precision = ComputeSettings.BFloat16 },
        Budget = new() { Epochs = 1000 },
    };

    public static readonly Recipe[] All =
    [
        Whole,
        From(new() { Pretrained = false, BackboneRate = 1 }),
        From(
            new()
            {
                Pretrained = true,
                BackboneRate = 1,
                Start = new() { Weights = Weights, Groups = 2 },
            }
        ),
        From(
            new()
            {
                Pretrained = true,
                BackboneRate = 1,
                Start = new()
                {
                    Model = "flowers",
                    Version = 3,
                    Groups = 4,
                },
            }
        ),
    ];
}
