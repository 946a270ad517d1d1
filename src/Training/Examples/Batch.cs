using GpuGeek.Domain.Datasets;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Examples;

/// <param name="Inputs">Row-major, <c>Labels.Length</c> × the source's input shape.</param>
/// <param name="Samples">A number of each training example that is its own within the epoch; null for other splits.</param>
internal sealed record Batch(float[] Inputs, long[] Labels, int[]? Samples = null)
{
    /// <summary>Of one input, if it is not the source's; null: it is.</summary>
    public long[]? Shape { get; init; }

    /// <summary>What was mixed into the examples; null: nothing.</summary>
    public Mixed? Mixed { get; init; }

    /// <summary>The examples in parts of nearly equal size, at most <paramref name="size"/>. No part has a single example, which batch
    /// normalisation cannot take: of three examples in parts of two the only part has all.</summary>
    public IEnumerable<Batch> Parts(int size)
    {
        var count = Labels.Length;
        var parts = Math.Clamp((count + size - 1L) / size, 1, Math.Max(1, count / 2));
        for (var i = 0; i < parts; i++)
            yield return parts == 1 ? this : Slice((int)(i * count / parts), (int)((i + 1) * count / parts));
    }

    public Batch First(int count) => Slice(0, count);

    private Batch Slice(int start, int end)
    {
        var each = Inputs.Length / Labels.Length;
        return new(Inputs[(start * each)..(end * each)], Labels[start..end], Samples?[start..end])
        {
            Mixed = Mixed?.Slice(start, end),
            Shape = Shape,
        };
    }
}

/// <param name="Others">Labels of what was mixed into each example.</param>
/// <param name="Shares">Each example's own share, 0..1; the rest is the other's.</param>
internal sealed record Mixed(long[] Others, float[] Shares)
{
    public Mixed Slice(int start, int end) => new(Others[start..end], Shares[start..end]);
}

/// <summary>Examples that are gone through as often as wanted.</summary>
internal sealed record RowSet(int Count, IEnumerable<Batch> Batches);

/// <summary>Where the loop takes its examples from: pictures, or embeddings of pictures.</summary>
internal interface IExampleSource
{
    /// <summary>Of one example.</summary>
    long[] InputShape { get; }
    int Count(string split);

    /// <summary>Of one training example, if it is not the network's input.</summary>
    long[] TrainingShape => InputShape;

    /// <summary>The node whose values the training examples are; null: they are the network's inputs.</summary>
    Node? TrainingFrom => null;

    /// <summary>Training examples of an epoch, each counted as often as it is taken.</summary>
    int PerEpoch => Count(Splits.Train);

    /// <summary>The training examples of an epoch (from 0), augmented; the last incomplete batch is left out, except where it is
    /// the only one.</summary>
    /// <param name="firstBatch">Batches to skip: a resumed epoch goes on in its middle.</param>
    IEnumerable<Batch> TrainingBatches(int epoch, int firstBatch);

    /// <summary>What a person knows an example of the training split by.</summary>
    /// <param name="sample">Of <see cref="Batch.Samples"/>.</param>
    string NameOf(int sample);

    /// <summary>A split in the manifest's order, as it is served.</summary>
    IEnumerable<Batch> Batches(string split);

    RowSet Rows(string split) => new(Count(split), Batches(split));
}
