using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Common;
using GpuGeek.Training.Data;
using GpuGeek.Training.Devices;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Engine;

/// <summary>What every stage of a run needs.</summary>
internal sealed class RunContext : IDisposable
{
    private readonly CheckpointPace _pace;

    public RunContext(
        RunSpec spec,
        RunDirectory directory,
        EventLog events,
        TimeProvider clock,
        CheckpointPace pace,
        CancellationToken stop
    )
    {
        (Spec, Directory, Events, Clock, Stop) = (spec, directory, events, clock, stop);
        _pace = pace;
        Room = new DiskRoom(directory.Root, spec.ReserveBytes, stop);
        SpecCheck.Run(spec);
        TorchSharp.torch.set_num_threads(spec.Threads);
        Device = RunDevice.Of(spec);
        Gpu = RunDevice.IsGpu(Device) ? VisibleGpu.Open() : null;
        Memory = DeviceMemory.Of(Gpu);
        Preprocessing = Preprocessing.Of(Recipe);
        Originals = new Originals(spec);
        Network = new GraphModule(
            ModelRegistry.Build(
                Recipe.Model.Architecture,
                spec.Classes.Length,
                Recipe.Model.InputSize,
                new(Recipe.Regularization.Dropout, Recipe.Regularization.StochasticDepth)
            ),
            Device
        );
    }

    public RunSpec Spec { get; private set; }
    public RunDirectory Directory { get; }
    public EventLog Events { get; }
    public TimeProvider Clock { get; }
    public CancellationToken Stop { get; }
    public Recipe Recipe => Spec.Recipe;
    public DiskRoom Room { get; }
    public Preprocessing Preprocessing { get; }
    public Originals Originals { get; }
    public GraphModule Network { get; }

    /// <summary>Training pictures before augmentation.</summary>
    public DerivedPictures TrainingPictures() =>
        new(Originals, Room, Spec.PictureCache ?? Directory.Cache, Spec.PictureCacheBytes, Recipe.Model.InputSize);

    /// <summary>Where every tensor of the run lives. Nothing else names a device.</summary>
    public TorchSharp.torch.Device Device { get; }

    /// <summary>Null: it has none that the driver speaks of.</summary>
    public VisibleGpu? Gpu { get; }

    public DeviceMemory Memory { get; }

    /// <summary>Null: as the device does (<see cref="StepRecord"/>).</summary>
    public bool? ReadsEveryStep { get; init; }

    /// <summary>Fills the network from the weights file, or with fresh numbers. A classifier is kept only where it may know the same
    /// classes: that of published weights tells ImageNet's apart.</summary>
    public void StartNetwork()
    {
        Initialisation.All(Network, Recipe.Data.Seed);
        var freshHead = Spec.WeightsFile is null || LoadWeights(Spec.WeightsFile).HeadReplaced;
        if (freshHead && Network.Graph.RectifiesClassifier)
            RectifiedClassifier.Begin(Network);
    }

    private LoadReport LoadWeights(string file)
    {
        var rule = Recipe.Transfer.Start is { } start
            ? new LoadRule(start.KeepsClassifier(Spec.Classes), start.Groups)
            : new LoadRule(KeepHead: false);
        var report = WeightsLoading.Load(Network, WeightsFile.Read(file).For(Network.Graph), rule);
        Console.WriteLine(
            $"Started from {Recipe.Transfer.Start?.Name ?? Path.GetFileName(file)}: {report.Loaded} tensors"
                + $"{(report.HeadReplaced ? "; the classifier is new" : ", the classifier among them")}."
        );
        return report;
    }

    public void ThrowIfStopped()
    {
        if (Stop.IsCancellationRequested)
            throw new TrainingStoppedException();
    }

    /// <summary>Trains a module (the network, or a head alone) on a source, from the newest checkpoint.</summary>
    public TrainerOutcome Train(GraphModule module, LayerPlan layers, IExampleSource source, (double, double) progress)
    {
        var options = Options(progress);
        using var method = MethodBuilder.Build(Recipe, module, layers, source.PerEpoch, ClassCounts());
        var best = new BestState(module);
        var mixes = Recipe.Averaging.Soup > 1;
        var ingredients = new Ingredients(module, mixes ? Recipe.Averaging.Soup : 0);
        ITrainingState[] kept = mixes ? [best, ingredients] : [best];
        using var checkpoints = Checkpoints(options, [new NetworkState(module), .. kept, .. method.States]);
        using var record = new StepRecord(module.Device, Clock, ReadsEveryStep);
        var outcome = new Trainer(options, method, module, source, best, ingredients, checkpoints, record, Events, Clock, Stop).Run();
        return mixes ? Mixed(outcome, module, layers, source, ingredients) : outcome;
    }

    private TrainerOutcome Mixed(
        TrainerOutcome outcome,
        GraphModule module,
        LayerPlan layers,
        IExampleSource source,
        Ingredients ingredients
    )
    {
        var began = Clock.GetTimestamp();
        var learning = layers.ModesIn(ingredients.Kept.Max(k => k.Epoch) - 1);
        var (network, epochs) = new Soup(module, learning, source, Stop).Cook(ingredients.Kept);
        return outcome with
        {
            Best = network,
            SoupEpochs = epochs,
            SecondsSpent = outcome.SecondsSpent + Clock.GetElapsedTime(began).TotalSeconds,
        };
    }

    /// <summary>A run that leaves its precision to a measurement keeps what the first attempt took, also on another machine, and its recipe
    /// says it from then on.</summary>
    public Precision PrecisionAfter(Precision? checkpoint)
    {
        if (Recipe.Transfer.FreezesBackbone)
            return Precision.Float32;
        if (Recipe.Compute.Precision != ComputeSettings.Auto)
            return Asked(Enum.Parse<Precision>(Recipe.Compute.Precision, ignoreCase: true), checkpoint);
        var card = ModelCatalog.All[Recipe.Model.Architecture];
        var taken = checkpoint ?? PrecisionTrial.Choose(Network.Graph, card, Recipe.Model.InputSize, Recipe.Data.BatchSize, Device, Clock);
        Resolve(Recipe with { Compute = Recipe.Compute with { Precision = taken.ToString().ToLowerInvariant() } });
        return taken;
    }

    /// <summary>Settings that were left to a measurement have values from now on, in the run's document too.</summary>
    public void Resolve(Recipe recipe)
    {
        var settings = RecipeSchema
            .Settings.Where(s => !Equals(s.Of(recipe), s.Of(Recipe)))
            .ToDictionary(s => s.Path, s => SettingValue.Text(s.Of(recipe)), StringComparer.Ordinal);
        Spec = Spec with { Recipe = recipe };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(Spec, RunDirectory.Json);
        // On a full disk the next attempt learns it from the checkpoint or from what the measurement left.
        _ = Room.TryWrite(bytes.Length, () => DurableFiles.Write(Directory.Spec, bytes));
        Events.Resolved(settings);
    }

    private static Precision Asked(Precision recipe, Precision? checkpoint)
    {
        if (checkpoint is { } kept && kept != recipe)
            Console.WriteLine($"The checkpoint was trained in {kept}, and the run goes on in it: another precision needs a new run.");
        return checkpoint ?? recipe;
    }

    /// <param name="progress">Share of the whole run's progress at which training starts and ends.</param>
    public TrainerOptions Options((double, double) progress) =>
        new()
        {
            Environment = EnvironmentStamp.Here(Spec.Threads) with { Device = Gpu?.Device.Model },
            Reading = Gpu is { } gpu ? gpu.Read : () => null,
            Pace = _pace,
            Fingerprint = Fingerprint(),
            PrecisionAfter = PrecisionAfter,
            ProgressSpan = progress,
        };

    public TrainingCheckpoints Checkpoints(TrainerOptions options, IReadOnlyList<ITrainingState> parts) =>
        new(options, parts, new CheckpointStore(Directory.Checkpoints), Room, Events, Clock);

    /// <returns>One per class; null: all count the same.</returns>
    public double[]? ClassWeights() => MethodBuilder.Weights(Recipe.Loss, ClassCounts());

    public int[] ClassCounts()
    {
        var counts = new int[Spec.Classes.Length];
        foreach (var image in Spec.Images.Where(image => image.Split == Splits.Train))
            counts[image.Label]++;
        return counts;
    }

    /// <summary>Hash of recipe, classes, images and weights; threads and attempts do not change it.</summary>
    public string Fingerprint() =>
        Hash(
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    // The checkpoint itself knows its precision: one of before it was chosen is the same training.
                    Recipe = RecipeIdentity.Of(Recipe with { Compute = new() }),
                    Spec.Classes,
                    Spec.Images,
                    Weights = EmbeddingKey.WeightsHash(Spec.WeightsFile),
                },
                RunDirectory.Json
            )
        );

    public void Dispose()
    {
        Network.Dispose();
        Gpu?.Dispose();
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
