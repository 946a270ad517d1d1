namespace GpuGeek.Recipes;

public sealed record OptimizerSettings
{
    public const string AdamW = "adamw",
        Adam = "adam",
        Sgd = "sgd",
        RmsProp = "rmsprop";

    [Setting(
        "Method",
        "How weights follow the gradient: adamw (decoupled weight decay), adam, sgd (with momentum) or rmsprop.",
        Choices = [AdamW, Adam, Sgd, RmsProp]
    )]
    public string Kind { get; init; } = AdamW;

    [Setting("Learning rate", "Peak rate of the classifier.", Min = 1e-7, Max = 10, Scale = SettingScale.Log)]
    public required double LearningRate { get; init; }

    [Setting("Weight decay", "How strongly weights are pulled towards zero, as a share of the learning rate.", Min = 0, Max = 1)]
    public required double WeightDecay { get; init; }

    [Setting("Decay of all weights", "Weight decay also for biases and normalisation layers, which are left alone otherwise.")]
    public bool DecayAll { get; init; }

    /// <summary>Sutskever et al. 2013, PMLR 28.</summary>
    [Setting("Momentum", "sgd and rmsprop: share of the last direction that is kept.", Min = 0, Max = 0.999, OnlyFor = [Sgd, RmsProp])]
    public double Momentum { get; init; } = 0.9;

    [Setting("Nesterov momentum", "sgd: takes the gradient's next direction into account.", OnlyFor = [Sgd])]
    public bool Nesterov { get; init; }

    /// <summary>Kingma and Ba 2015, arXiv:1412.6980.</summary>
    [Setting(
        "Beta 1",
        "adam and adamw: share of the running mean of gradients that is kept at each step.",
        Min = 0,
        Max = 0.9999,
        OnlyFor = [Adam, AdamW]
    )]
    public double Beta1 { get; init; } = 0.9;

    [Setting(
        "Beta 2",
        "adam and adamw: share of the running mean of squared gradients that is kept at each step.",
        Min = 0,
        Max = 0.99999,
        OnlyFor = [Adam, AdamW]
    )]
    public double Beta2 { get; init; } = 0.999;

    [Setting(
        "Alpha",
        "rmsprop: share of the running mean of squared gradients that is kept at each step.",
        Min = 0,
        Max = 0.9999,
        OnlyFor = [RmsProp]
    )]
    public double Alpha { get; init; } = 0.99;

    [Setting(
        "Epsilon",
        "adam, adamw and rmsprop: added to the divisor.",
        Min = 1e-12,
        Max = 1,
        Scale = SettingScale.Log,
        OnlyFor = [Adam, AdamW, RmsProp]
    )]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Pascanu et al. 2013, arXiv:1211.5063.</summary>
    [Setting(
        "Gradient clipping",
        "A gradient whose Euclidean norm over all trained weights is larger is scaled down to this norm.",
        Min = 1e-3,
        Max = 1000,
        Scale = SettingScale.Log,
        Null = "no clipping"
    )]
    public double? ClipNorm { get; init; }
}
