using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Examples;

namespace GpuGeek.Training.Data;

/// <summary>Embeddings as examples, standardised by the training split: the loss of the head then has a similar slope in every direction,
/// and a few seconds of training suffice.</summary>
internal sealed class EmbeddingSource : IExampleSource
{
    private readonly Dictionary<string, (float[][] Rows, long[] Labels)> _splits = new(StringComparer.Ordinal);
    private readonly TrainingOrder _order;
    private readonly string[] _names;

    /// <param name="embed">Returns the embedding of a view of a picture.</param>
    public EmbeddingSource(RunSpec spec, Func<string, PictureView, float[]> embed)
    {
        var seen = spec
            .Images.SelectMany(
                i => PictureViews.Of(i, spec.Recipe),
                (i, view) => (i.Split, Row: embed(i.Hash, view), Label: (long)i.Label, i.Hash)
            )
            .ToLookup(e => e.Split);
        _names = [.. seen[Splits.Train].Select(e => e.Hash)];
        Scaling = Standardisation.Fit([.. seen[Splits.Train].Select(e => e.Row)]);
        foreach (var split in seen)
            _splits[split.Key] = ([.. split.Select(e => Scaling.Apply(e.Row))], [.. split.Select(e => e.Label)]);
        _order = new(_splits[Splits.Train].Labels, spec.Recipe);
    }

    public Standardisation Scaling { get; }
    public long[] InputShape => [Scaling.Mean.Length];

    public int Count(string split) => _splits[split].Labels.Length;

    public int PerEpoch => _order.Count;

    /// <returns>Standardised, picture by picture with the views of each.</returns>
    public float[][] RowsOf(string split) => _splits[split].Rows;

    public IEnumerable<Batch> TrainingBatches(int epoch, int firstBatch) =>
        _order
            .Batches(epoch)
            .Skip(firstBatch)
            .Select(batch => Take(Splits.Train, [.. batch.Select(_order.ExampleOf)]) with { Samples = batch });

    public string NameOf(int sample) => _names[_order.ExampleOf(sample)];

    public IEnumerable<Batch> Batches(string split) => Enumerable.Range(0, Count(split)).Chunk(256).Select(batch => Take(split, batch));

    private Batch Take(string split, int[] indices)
    {
        var (rows, labels) = _splits[split];
        return new Batch([.. indices.SelectMany(i => rows[i])], [.. indices.Select(i => labels[i])]);
    }
}
