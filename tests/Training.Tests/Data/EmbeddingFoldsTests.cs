using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Training.Data;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Data;

public sealed class FoldsOfEmbeddings
{
    private const int Views = 2;

    /// <summary>An embedding says which picture and view it is of.</summary>
    private static EmbeddingFolds Make(RunFolder run)
    {
        var numbers = run.Spec.Images.Select((image, i) => (image.Hash, i)).ToDictionary(StringComparer.Ordinal);
        return new(run.Spec, new EmbeddingSource(run.Spec, (hash, view) => [numbers[hash], (int)view]));
    }

    private static RunFolder Folder() =>
        new(RecipePresets.Resolve(new() { Preset = RecipePresets.Fast }), folder => ShapePictures.Write(folder, 11, 6, 3));

    [Fact]
    public void Hold_every_training_and_validation_picture_once_as_it_is_served()
    {
        using var run = Folder();
        var folds = Make(run);
        var held = Enumerable.Range(0, EmbeddingFolds.Count).Select(folds.Held).ToList();
        Assert.Equal(run.Spec.Images.Count(i => i.Split != Splits.Test), held.Sum(fold => fold.Count));
        var pictures = held.SelectMany(Values).ToList();
        Assert.Equal(pictures.Count, pictures.DistinctBy(row => row[0]).Count());
        // Served is view 0; standardised it is the least.
        Assert.Single(pictures.Select(row => row[1]).Distinct());
        Assert.Equal(folds.All.Batches.SelectMany(Rows).Min(row => row[1]), pictures[0][1]);
    }

    [Fact]
    public void Leave_out_every_view_of_the_pictures_that_they_hold()
    {
        using var run = Folder();
        var folds = Make(run);
        for (var fold = 0; fold < EmbeddingFolds.Count; fold++)
        {
            var held = Values(folds.Held(fold)).Select(row => row[0]).ToHashSet();
            Assert.DoesNotContain(Values(folds.Without(fold)), row => held.Contains(row[0]));
        }
        Assert.Equal(
            run.Spec.Images.Sum(i =>
                i.Split == Splits.Train ? Views
                : i.Split == Splits.Val ? 1
                : 0
            ),
            folds.All.Batches.Sum(batch => batch.Labels.Length)
        );
    }

    [Fact]
    public void Have_their_share_of_every_class()
    {
        using var run = Folder();
        var folds = Make(run);
        var counts = Enumerable
            .Range(0, EmbeddingFolds.Count)
            .SelectMany(fold => folds.Held(fold).Batches.SelectMany(batch => batch.Labels).CountBy(label => label))
            .GroupBy(pair => pair.Key, pair => pair.Value);
        Assert.All(counts, ofClass => Assert.InRange(ofClass.Max() - ofClass.Min(), 0, 1));
        Assert.Equal(run.Spec.Classes.Length, counts.Count());
    }

    private static IEnumerable<float[]> Values(RowSet rows) => rows.Batches.SelectMany(Rows);

    private static IEnumerable<float[]> Rows(Batch batch) => batch.Inputs.Chunk(batch.Inputs.Length / batch.Labels.Length);
}
