using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Examples;

namespace GpuGeek.Training.Data;

/// <summary>
/// Training and validation pictures together. A picture is in one fold with all of its views, and each fold has its share of every class.
/// </summary>
internal sealed class EmbeddingFolds
{
    public const int Count = 5;
    private readonly List<Row> _rows = [];

    public EmbeddingFolds(RunSpec spec, EmbeddingSource source)
    {
        InputShape = source.InputShape;
        var seen = new int[spec.Classes.Length];
        foreach (var split in (string[])[Splits.Train, Splits.Val])
        {
            var rows = source.RowsOf(split);
            var next = 0;
            foreach (var image in spec.Images.Where(image => image.Split == split))
            {
                var fold = seen[image.Label]++ % Count;
                foreach (var view in PictureViews.Of(image, spec.Recipe))
                    _rows.Add(new(rows[next++], image.Label, fold, view == PictureView.Served));
            }
        }
    }

    public long[] InputShape { get; }

    public RowSet All => Of(_ => true);

    public RowSet Without(int fold) => Of(row => row.Fold != fold);

    /// <summary>A fold's pictures, as they are served.</summary>
    public RowSet Held(int fold) => Of(row => row.Fold == fold && row.IsServed);

    private RowSet Of(Func<Row, bool> which) =>
        new(
            _rows.Count(which),
            _rows
                .Where(which)
                .Chunk(256)
                .Select(rows => new Batch([.. rows.SelectMany(row => row.Values)], [.. rows.Select(row => row.Label)]))
        );

    private readonly record struct Row(float[] Values, long Label, int Fold, bool IsServed);
}
