using System.Globalization;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

public sealed class DividingIntoFolds
{
    private static string Hash(int i) => i.ToString("x64", CultureInfo.InvariantCulture);

    private static List<SplitCandidate> Images(int count, int groupSize = 0) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new SplitCandidate(Hash(i), $"c{i % 7 % 3}", null, groupSize == 0 ? "" : $"g{i / groupSize}")),
        ];

    private static List<List<ManifestEntry>> All(List<SplitCandidate> images, int folds, int seed = 0) =>
        [.. Enumerable.Range(1, folds).Select(fold => Splitting.Fold(images, folds, fold, seed))];

    private static int Of(IEnumerable<ManifestEntry> entries, string split, string label) =>
        entries.Count(e => e.Split == split && e.Label == label);

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(10)]
    public void Tests_each_picture_once_with_each_class_in_equal_parts(int count)
    {
        var images = Images(701);
        var folds = All(images, count);
        Assert.All(folds, fold => Assert.Equal(images.Count, fold.Count));
        var tested = folds.SelectMany(f => f.Where(e => e.Split == Splits.Test)).Select(e => e.Hash).ToList();
        var validated = folds.SelectMany(f => f.Where(e => e.Split == Splits.Val)).Select(e => e.Hash).ToList();
        Assert.Equal(images.Select(i => i.Hash).Order(StringComparer.Ordinal), tested.Order(StringComparer.Ordinal));
        Assert.Equal(images.Select(i => i.Hash).Order(StringComparer.Ordinal), validated.Order(StringComparer.Ordinal));
        foreach (var label in (string[])["c0", "c1", "c2"])
        {
            var counts = folds.Select(f => Of(f, Splits.Test, label)).ToList();
            Assert.InRange(counts.Max() - counts.Min(), 0, 1);
        }
    }

    [Fact]
    public void Keeps_groups_together_and_classes_nearly_equal()
    {
        var folds = All(Images(700, groupSize: 4), 5);
        foreach (var fold in folds)
            Assert.All(fold.GroupBy(e => e.Group), g => Assert.Single(g.Select(e => e.Split).Distinct(StringComparer.Ordinal)));
        var counts = folds.Select(f => f.Count(e => e.Split == Splits.Test)).ToList();
        Assert.InRange(counts.Max() - counts.Min(), 0, 8);
    }

    [Fact]
    public void Depends_on_pictures_and_seed_alone_and_leaves_set_splits()
    {
        List<SplitCandidate> images = [.. Images(60), new(Hash(900), "c0", Splits.Train), new(Hash(901), "c0", Splits.Test)];
        var text = Manifest.Write(Splitting.Fold(images, 4, 2, 7));
        Assert.Equal(text, Manifest.Write(Splitting.Fold([.. images.AsEnumerable().Reverse()], 4, 2, 7)));
        Assert.NotEqual(text, Manifest.Write(Splitting.Fold(images, 4, 2, 8)));
        foreach (var fold in All(images, 4))
        {
            Assert.Equal(Splits.Train, fold.Single(e => e.Hash == Hash(900)).Split);
            Assert.Equal(Splits.Test, fold.Single(e => e.Hash == Hash(901)).Split);
        }
    }
}
