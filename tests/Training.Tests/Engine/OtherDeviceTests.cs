using System.Runtime.InteropServices;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Common;
using GpuGeek.Training.Data;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Tests.Support;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Engine;

/// <summary>What a device gets that is not waited for in each step; here it is the processor.</summary>
public sealed class ATrainingWhoseStepsNobodyWaitsFor
{
    private const int TrainingPictures = 30;

    private static Recipe Recipe(params string[] settings)
    {
        var asked = new PartialRecipe { Preset = "balanced" };
        string[] small =
        [
            "model.architecture=mobilenet_v3_small",
            "transfer.pretrained=false",
            "model.inputSize=32",
            "data.batchSize=8",
            "budget.epochs=2",
            "compute.precision=float32",
        ];
        foreach (var setting in (string[])[.. small, .. settings])
            asked.Set(setting);
        return RecipePresets.Resolve(asked);
    }

    private static RunFolder Folder(params string[] settings) =>
        new(Recipe(settings), folder => ShapePictures.Write(folder, TrainingPictures / 3, 4, 4, side: 40));

    private static T With<T>(RunFolder run, bool readsEveryStep, Func<RunContext, T> work)
    {
        using var events = new EventLog(run.Files.Events, TimeProvider.System, CancellationToken.None);
        var pace = new CheckpointPace(TimeSpan.FromMinutes(1), TimesCost: 0);
        using var context = new RunContext(run.Spec, run.Files, events, TimeProvider.System, pace, CancellationToken.None)
        {
            ReadsEveryStep = readsEveryStep,
        };
        context.StartNetwork();
        return work(context);
    }

    private static TrainerOutcome Train(RunFolder run, bool readsEveryStep, Func<IExampleSource, IExampleSource>? change = null) =>
        With(
            run,
            readsEveryStep,
            context =>
            {
                using var source = new PictureSource(context.Originals, context.TrainingPictures(), context.Recipe, context.Preprocessing);
                var layers = LayerPlan.Of(context.Network.Graph, context.Recipe.Transfer);
                return context.Train(context.Network, layers, change?.Invoke(source) ?? source, (0, 1));
            }
        );

    private static (string Name, long Step, double Epoch, double Value)[] Points(RunFolder run) =>
        [
            .. run.Events()
                .OfType<MetricEvent>()
                .Where(p => p.Name.StartsWith("train/", StringComparison.Ordinal) || p.Name == MetricNames.LearningRate)
                .Select(p => (p.Name, p.Step, p.Epoch, p.Value)),
        ];

    [Theory]
    [InlineData("optimizer.clipNorm=1")]
    [InlineData("averaging.kind=exponential data.microBatch=4 regularization.mixUp=0.4")]
    [InlineData("optimizer.kind=sgd averaging.kind=exponential")]
    public void Has_the_same_bits_and_a_point_for_every_step(string settings)
    {
        using RunFolder waited = Folder(settings.Split(' ')),
            free = Folder(settings.Split(' '));
        Assert.Equal(Train(waited, readsEveryStep: true).Best.Hash(), Train(free, readsEveryStep: false).Best.Hash());
        Assert.Equal(Points(waited), Points(free));
        Assert.Equal(3 * 2 * (TrainingPictures / 8), Points(free).Length);
    }

    [Fact]
    public void Changes_nothing_in_the_step_whose_loss_is_no_number_and_stops_with_its_pictures()
    {
        using var run = Folder();
        var refused = Assert.Throws<TrainingFailedException>(() =>
            Train(run, readsEveryStep: false, source => new Changed(source, NaNAt(2)))
        );
        Assert.Equal("diverged", refused.Failure.Code);
        Assert.Contains("at step 3", refused.Failure.Detail, StringComparison.Ordinal);
        Assert.Contains("the 8 pictures of that step", refused.Failure.Detail, StringComparison.Ordinal);
        Assert.Equal(2, Points(run).Where(p => p.Name == MetricNames.TrainLoss).Max(p => p.Step));
        // The state before the first step.
        Assert.Contains("The last good checkpoint is step-", refused.Failure.Detail, StringComparison.Ordinal);
    }

    /// <summary>The third step finds it full; the training goes back to its checkpoint, as if the recipe had named half as many.</summary>
    [Fact]
    public void Goes_on_with_half_as_many_pictures_at_once_where_the_device_was_full()
    {
        using RunFolder full = Folder(),
            halved = Folder("data.microBatch=4");
        var thrown = 0;
        var log = Checkpoints.ThePartsOfACheckpoint.Logged(() =>
        {
            var outcome = Train(
                full,
                readsEveryStep: false,
                source => new Changed(source, (batch, i) => i == 2 && thrown++ == 0 ? throw Full() : batch)
            );
            Assert.Equal(Train(halved, readsEveryStep: false).Best.Hash(), outcome.Best.Hash());
        });
        Assert.Contains(
            "the memory was full at step 3: the training goes on from step 0 with 4 pictures at once",
            log,
            StringComparison.Ordinal
        );
        Assert.Equal(Points(full).Select(p => (p.Name, p.Step)), Points(halved).Select(p => (p.Name, p.Step)));
    }

    [Fact]
    public void Says_what_to_lower_where_even_two_pictures_are_too_many()
    {
        using var run = Folder();
        var refused = Assert.Throws<TrainingFailedException>(() =>
            Train(run, readsEveryStep: false, source => new Changed(source, (_, _) => throw Full()))
        );
        Assert.Equal("memory_too_small", refused.Failure.Code);
        Assert.Contains("data.microBatch", refused.Failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Does_not_hide_other_errors()
    {
        using var run = Folder();
        Assert.Throws<ExternalException>(() =>
            Train(run, readsEveryStep: false, source => new Changed(source, (_, _) => throw Of(() => zeros(2, device: CPU).reshape(3))))
        );
    }

    private static ExternalException Full() => Of(() => zeros(1L << 58, device: CPU));

    /// <summary>libtorch's own.</summary>
    private static ExternalException Of(Func<Tensor> work) => Assert.Throws<ExternalException>(() => work().Dispose());

    private static Func<Batch, int, Batch> NaNAt(int index) =>
        (batch, i) => i == index ? batch with { Inputs = [.. batch.Inputs.Select(_ => float.NaN)] } : batch;

    /// <param name="change">Of a training batch, with its number in the epoch.</param>
    private sealed class Changed(IExampleSource source, Func<Batch, int, Batch> change) : IExampleSource
    {
        public long[] InputShape => source.InputShape;
        public long[] TrainingShape => source.TrainingShape;
        public Node? TrainingFrom => source.TrainingFrom;
        public int PerEpoch => source.PerEpoch;

        public int Count(string split) => source.Count(split);

        public IEnumerable<Batch> TrainingBatches(int epoch, int firstBatch) =>
            source.TrainingBatches(epoch, firstBatch).Select((batch, i) => change(batch, firstBatch + i));

        public string NameOf(int sample) => source.NameOf(sample);

        public IEnumerable<Batch> Batches(string split) => source.Batches(split);
    }
}
