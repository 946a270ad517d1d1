using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;
using GpuGeek.Recipes;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Data;

/// <summary>Pictures as examples: augmented for training, through the serving path for everything else.</summary>
internal sealed class PictureSource(Originals originals, DerivedPictures derived, Recipe recipe, Preprocessing preprocessing)
    : IExampleSource,
        IDisposable
{
    private (Node End, ActivationFile Values)? _stem;

    private const int EvaluationBatch = 32,
        BatchesAhead = 3;

    private readonly TrainingOrder _order = new([.. originals.Split(Splits.Train).Select(image => (long)image.Label)], recipe);

    public long[] InputShape => [3, preprocessing.CropSize, preprocessing.CropSize];

    public long[] TrainingShape => _stem?.Values.Shape ?? InputShape;

    public Node? TrainingFrom => _stem?.End;

    public int Count(string split) => originals.Split(split).Length;

    public int PerEpoch => _order.Count;

    public IEnumerable<Batch> TrainingBatches(int epoch, int firstBatch)
    {
        var images = originals.Split(Splits.Train);
        var batches = _order.Batches(epoch).Skip(firstBatch).Select((batch, i) => Training(images, batch, epoch, firstBatch + i));
        return Prefetch.Ahead(batches, BatchesAhead);
    }

    /// <summary>From now on training examples are what the network's first layers put out for them.</summary>
    /// <param name="values">Of every training picture; disposed with the source.</param>
    public void BeginBehind(Node end, ActivationFile values) => _stem = (end, values);

    /// <summary>Inputs of training pictures that no augmentation changes.</summary>
    /// <param name="pictures">Positions in the training split.</param>
    /// <param name="count">Of the batch; what is missing is zero.</param>
    public float[] Unchanged(int[] pictures, int count)
    {
        var images = originals.Split(Splits.Train);
        var size = 3 * preprocessing.CropSize * preprocessing.CropSize;
        var inputs = new float[count * size];
        DecodeThreads.For(
            pictures.Length,
            at => Augmented(images[pictures[at]], preprocessing, 0, pictures[at], inputs.AsMemory(at * size, size))
        );
        return inputs;
    }

    public void Dispose() => _stem?.Values.Dispose();

    public string NameOf(int sample) => originals.Split(Splits.Train)[_order.ExampleOf(sample)].Hash;

    public IEnumerable<Batch> Batches(string split)
    {
        var images = originals.Split(split);
        var batches = Enumerable
            .Range(0, images.Length)
            .Chunk(EvaluationBatch)
            .Select(batch =>
                Fill(batch, preprocessing, i => images[i].Label, (i, chw) => originals.Preprocess(images[i], preprocessing, chw))
            );
        return Prefetch.Ahead(batches, BatchesAhead);
    }

    private Batch Training(RunImage[] images, int[] batch, int epoch, int index) =>
        _stem is { } stem ? Behind(stem.Values, images, batch) : Changed(images, batch, epoch, index);

    private Batch Behind(ActivationFile stem, RunImage[] images, int[] batch)
    {
        var size = (int)stem.Shape.Aggregate(1L, (a, b) => a * b);
        var inputs = GC.AllocateUninitializedArray<float>(batch.Length * size);
        for (var at = 0; at < batch.Length; at++)
            stem.Read(_order.ExampleOf(batch[at]), inputs.AsSpan(at * size, size));
        return new(inputs, [.. batch.Select(position => (long)images[_order.ExampleOf(position)].Label)], batch);
    }

    private Batch Changed(RunImage[] images, int[] batch, int epoch, int index)
    {
        var rule = GrowingPictures.In(epoch, recipe, preprocessing);
        var filled = Fill(
            batch,
            rule,
            position => images[_order.ExampleOf(position)].Label,
            (position, chw) => Augmented(images[_order.ExampleOf(position)], rule, epoch, position, chw)
        );
        var shaped = filled with { Samples = batch, Shape = [3, rule.CropSize, rule.CropSize] };
        return Mixing.Apply(shaped, recipe, epoch, index, rule.CropSize);
    }

    private static Batch Fill(int[] indices, Preprocessing rule, Func<int, long> label, Action<int, Memory<float>> write)
    {
        var size = 3 * rule.CropSize * rule.CropSize;
        // Every picture writes all of its floats.
        var inputs = GC.AllocateUninitializedArray<float>(indices.Length * size);
        DecodeThreads.For(indices.Length, at => write(indices[at], inputs.AsMemory(at * size, size)));
        return new Batch(inputs, [.. indices.Select(label)]);
    }

    private void Augmented(RunImage image, Preprocessing rule, int epoch, int position, Memory<float> chw)
    {
        var random = CounterRandom.Keyed(recipe.Data.Seed, epoch, position);
        Preprocessor.ToTensor(Augmenter.Apply(derived.Read(image), recipe.Augmentation, rule, random), rule, chw.Span);
    }
}
