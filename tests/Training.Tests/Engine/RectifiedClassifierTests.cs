using GpuGeek.Training.Engine;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Engine;

/// <summary>SqueezeNet's classifier is rectified before it is averaged.</summary>
public sealed class ARectifiedClassifier : IDisposable
{
    private const int Side = 64,
        Classes = 4,
        Pictures = 6;
    private readonly GraphModule _network = new(ModelRegistry.Build("squeezenet1_1", Classes, Side), CPU);
    private readonly Noise _pictures = new();

    public ARectifiedClassifier() => Initialisation.All(_network, 1);

    public void Dispose() => _network.Dispose();

    private string Bias => _network.Graph.ClassifierPath + ".bias";

    private float[][] Logits(bool rectified)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var batch = BatchTensors.InputsOf(_pictures.Batches("train").Single(), _pictures.InputShape, CPU);
        var plan = ModePlan.Eval(_network.Graph);
        var logits = rectified ? _network.Forward(batch, plan) : _network.Forward(batch, plan, _network.Graph.Classifier).mean([2, 3]);
        return [.. logits.contiguous().data<float>().ToArray().Chunk(Classes)];
    }

    private static float[][] Shares(float[][] logits) => [.. logits.Select(row => SplitLogits.Softmax(row, 1))];

    [Fact]
    public void Says_what_a_linear_probe_says_once_its_biases_are_raised()
    {
        var weight = _network.Graph.ClassifierPath + ".weight";
        _network.Write(weight, [.. _network.Read(weight).Select(w => w / 100)]);
        _network.Write(Bias, [-3, -1, -2, 0.5f]);
        var meant = Shares(Logits(rectified: false));
        Assert.NotEqual(meant[0][0], Shares(Logits(rectified: true))[0][0], 0.01f);
        RectifiedClassifier.Lift(_network, _pictures, TestContext.Current.CancellationToken);
        foreach (var (expected, said) in meant.Zip(Shares(Logits(rectified: true))))
            Assert.All(expected.Zip(said), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.True(_network.Read(Bias).Min() > 0);
    }

    [Fact]
    public void Of_which_nothing_is_cut_stays_as_it_is()
    {
        _network.Write(Bias, [300, 301, 302, 303]);
        RectifiedClassifier.Lift(_network, _pictures, TestContext.Current.CancellationToken);
        Assert.Equal([300, 301, 302, 303], _network.Read(Bias));
    }

    [Fact]
    public void Begins_with_every_class_as_likely_as_any_other_and_nothing_cut()
    {
        RectifiedClassifier.Begin(_network);
        Assert.All(Logits(rectified: true), row => Assert.All(row, value => Assert.Equal(32, value)));
    }

    [Fact]
    public void Is_SqueezeNets_alone()
    {
        var rectified = ModelRegistry.Names.Where(name =>
            ModelRegistry.Build(name, 2, Domain.Models.ModelCatalog.All[name].InputSize).RectifiesClassifier
        );
        Assert.Equal(["squeezenet1_0", "squeezenet1_1"], rectified.Order(StringComparer.Ordinal));
    }

    private sealed class Noise : IExampleSource
    {
        public long[] InputShape => [3, Side, Side];

        public int Count(string split) => Pictures;

        public IEnumerable<Batch> TrainingBatches(int epoch, int firstBatch) => Batches("train");

        public string NameOf(int sample) => "noise";

        public IEnumerable<Batch> Batches(string split)
        {
            var random = new Random(1);
            yield return new Batch(
                [.. Enumerable.Range(0, Pictures * 3 * Side * Side).Select(_ => (float)(random.NextDouble() * 4 - 2))],
                new long[Pictures]
            );
        }
    }
}
