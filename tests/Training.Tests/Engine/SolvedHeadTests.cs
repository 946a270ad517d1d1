using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Objectives;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Tests.Peers;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Engine;

public sealed class ASolvedClassifier : IDisposable
{
    private const int Inputs = 7,
        Classes = 3;

    /// <summary>It normalises each picture by itself, so that something of it comes out of random weights too.</summary>
    private const string Transformer = "deit_tiny_patch16_224";
    private static readonly double[] Weights = [0.5, 2, 0.5];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.2, true)]
    public void Has_the_loss_that_a_trained_one_has(double smoothing, bool weighted)
    {
        using var scope = NewDisposeScope();
        using var loss = LossOf(weighted ? Weights : null, smoothing);
        var parameters = Numbers(3, loss.Parameters);
        var batch = new Rows().Batches(Splits.Train).Single();
        using var trained = new CrossEntropy(smoothing, weighted ? new ClassWeights(Weights, ScalarType.Float64, CPU) : null);
        var tensors = BatchTensors.Of(batch, [Inputs], CPU, ScalarType.Float64);
        var weight = tensor(parameters)[..(Classes * Inputs)].view(Classes, Inputs);
        var logits = tensors.Inputs.matmul(weight.t()).add(tensor(parameters)[(Classes * Inputs)..], 1);
        Assert.Equal(trained.Loss(logits, tensors).item<double>(), loss.At(parameters, 0).Value, 12);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.2, true)]
    public void Has_the_gradient_of_its_loss(double smoothing, bool weighted)
    {
        const double step = 1e-5,
            penalty = 0.3;
        using var loss = LossOf(weighted ? Weights : null, smoothing);
        var parameters = Numbers(3, loss.Parameters);
        var gradient = loss.At(parameters, penalty).Gradient;
        for (var i = 0; i < parameters.Length; i++)
        {
            double Value(double change) => loss.At([.. parameters.Select((v, j) => j == i ? v + change : v)], penalty).Value;
            Assert.Equal((Value(step) - Value(-step)) / (2 * step), gradient[i], 8);
        }
    }

    [Fact]
    public void Is_where_the_loss_has_no_slope()
    {
        using var loss = LossOf(null, 0);
        var (point, converged) = LimitedMemoryBfgs.Minimise(
            new double[loss.Parameters],
            parameters => loss.At(parameters, 0.01),
            tolerance: 1e-9,
            mostSteps: 200
        );
        Assert.True(converged);
        var least = loss.At(point, 0.01).Value;
        // It is convex, so a point without a slope is the least; some others show that the value is not all the same.
        for (var seed = 0; seed < 5; seed++)
            Assert.True(loss.At([.. point.Zip(Numbers(seed, point.Length), (v, n) => v + 0.1 * n)], 0.01).Value > least);
    }

    [Fact]
    public void Says_so_when_it_is_not_reached()
    {
        using var loss = LossOf(null, 0);
        Assert.False(LimitedMemoryBfgs.Minimise(new double[loss.Parameters], p => loss.At(p, 1e-6), 1e-12, mostSteps: 2).Converged);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_a_run_cut_in_the_middle_has_the_same_bits(bool refit)
    {
        WriteWeights();
        using var straight = Folder(refit);
        Assert.Equal(TrainExitCode.Succeeded, straight.Train());
        using var cut = Folder(refit);
        // Seven events come before the first strength, and each strength has four or five; a stop takes effect within the next one.
        foreach (var events in (int[])[9, 4, 4])
            Assert.Equal(TrainExitCode.Stopped, cut.TrainUntil(events));
        Assert.Equal(TrainExitCode.Succeeded, cut.Train());
        Assert.Equal(Hash(straight), Hash(cut));
        Assert.Equal(Losses(straight), Losses(cut));
        Assert.InRange(straight.Result().BestEpoch, 1, Losses(straight).Count);
    }

    /// <summary>Seven shapes in so few pictures are hard for a network of random weights; what is wrong is wrong for both.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Predicts_what_another_solver_predicts(bool refit)
    {
        WriteWeights();
        using var run = Folder(refit);
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        var theirs = await LogisticPeer.PredictAsync(run, TestContext.Current.CancellationToken);
        Assert.Equal(18, theirs.Count);
        Assert.Equal(theirs.OrderBy(p => p.Key, StringComparer.Ordinal), run.Predictions().OrderBy(p => p.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void That_is_refitted_learns_the_validation_pictures_and_reports_them_as_they_were_before()
    {
        WriteWeights();
        using var chosen = Folder();
        using var refitted = Folder(refit: true);
        Assert.Equal(TrainExitCode.Succeeded, chosen.Train());
        Assert.Equal(TrainExitCode.Succeeded, refitted.Train());
        Assert.Equal(Losses(chosen), Losses(refitted));
        Assert.Equal(
            (chosen.Result().ValAccuracy, chosen.Result().BestEpoch),
            (refitted.Result().ValAccuracy, refitted.Result().BestEpoch)
        );
        Assert.NotEqual(Hash(chosen), Hash(refitted));
        Assert.NotEqual(chosen.Result().Temperature, refitted.Result().Temperature);
        // A threshold is chosen on all pictures that it learned from, each as a classifier sees it that has not.
        Assert.Equal(chosen.Result().ValAccuracy, chosen.Result().Thresholds![0].Recall);
        var learned = refitted.Spec.Images.Count(image => image.Split != Splits.Test);
        var right = refitted.Result().Thresholds![0].Recall * learned;
        Assert.Equal(Math.Round(right), right, 1e-9);
    }

    [Fact]
    public void Is_probed_by_its_views_and_by_one_pass_of_its_solver()
    {
        WriteWeights();
        using var run = Folder(refit: true);
        Assert.Equal(
            TrainExitCode.Succeeded,
            TrainingProgram.Probe(run.Files, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)
        );
        var estimate = Assert.Single(run.Events().OfType<EstimatedEvent>()).Estimate;
        Assert.InRange(estimate.Seconds, estimate.SecondsLow, estimate.SecondsHigh);
        Assert.InRange(estimate.ImagesPerSecond, 1, 1e5);
        Assert.False(Directory.Exists(run.Files.Result));
    }

    [Fact]
    public void Is_refused_where_the_backbone_puts_out_no_numbers()
    {
        const string architecture = RecipePresets.DefaultArchitecture;
        WriteWeights(architecture, module => module.Write("features.18.1.running_var", [.. Enumerable.Repeat(-1f, 1280)]));
        using var run = Folder(architecture: architecture);
        Assert.Equal(TrainExitCode.Failed, run.Train());
        Assert.Equal("diverged", run.Failure().Failure.Code);
    }

    private static string Hash(RunFolder run) => ModuleState.Read(run.ResultPath(ResultFiles.Weights)).Hash();

    private static List<(long, double)> Losses(RunFolder run) =>
        [.. run.Events().OfType<MetricEvent>().Where(m => m.Name == MetricNames.ValLoss).Select(m => (m.Step, m.Value))];

    private static HeadLoss LossOf(double[]? classWeights, double smoothing) =>
        new(((IExampleSource)new Rows()).Rows(Splits.Train), Inputs, Classes, classWeights, smoothing, CPU);

    private RunFolder Folder(bool refit = false, string architecture = Transformer)
    {
        var recipe = RecipePresets.Resolve(
            new()
            {
                Preset = RecipePresets.Fast,
                ["model.architecture"] = architecture,
                ["model.inputSize"] = 64,
                ["transfer.head"] = TransferSettings.Solved,
                ["transfer.refit"] = refit,
            }
        );
        return new RunFolder(recipe, f => ShapePictures.Write(f, 17, 6, 6, side: 70), weights: _folder.File("weights.safetensors"));
    }

    private void WriteWeights(string architecture = Transformer, Action<GraphModule>? change = null)
    {
        using var module = new GraphModule(ModelRegistry.Build(architecture, Classes, 64), CPU);
        Initialisation.All(module, 5);
        change?.Invoke(module);
        ModuleState.Of(module).Write(_folder.File("weights.safetensors"));
    }

    private static double[] Numbers(int seed, int count)
    {
        var random = CounterRandom.Keyed(seed, 1, 2);
        return [.. Enumerable.Range(0, count).Select(_ => random.Uniform(-1, 1))];
    }

    private sealed class Rows : IExampleSource
    {
        private const int Size = 20;

        public long[] InputShape => [Inputs];

        public int Count(string split) => Size;

        public IEnumerable<Batch> TrainingBatches(int epoch, int firstBatch) => Batches(Splits.Train);

        public IEnumerable<Batch> Batches(string split) =>
            [
                new(
                    [.. Numbers(1, Size * Inputs).Select(v => (float)v)],
                    [.. Enumerable.Range(0, Size).Select(i => (long)(i * i % Classes))]
                ),
            ];

        public string NameOf(int sample) => "";
    }
}
