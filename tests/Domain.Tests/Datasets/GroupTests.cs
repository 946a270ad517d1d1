using System.Globalization;
using CsCheck;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

public sealed class SplittingGroups
{
    private static string Hash(int i) => i.ToString("x64", CultureInfo.InvariantCulture);

    private static List<ManifestEntry> Split(IReadOnlyCollection<SplitCandidate> images, int seed = 0) =>
        Splitting.Assign(images, SplitFractions.Default, seed);

    [Fact]
    public void Keeps_each_on_one_side_and_every_picture() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 60], Gen.Int[1, 5], Gen.Int[0, 1000])
            .Sample(
                (count, groups, classes, seed) =>
                {
                    var random = new Random(seed);
                    SplitCandidate[] images =
                    [
                        .. Enumerable
                            .Range(0, count)
                            .Select(i => new SplitCandidate(
                                Hash(i),
                                $"c{random.Next(classes)}",
                                null,
                                random.Next(3) == 0 ? "" : $"g{random.Next(groups)}"
                            )),
                    ];
                    var entries = Split(images, seed);
                    Assert.Equal(images.Select(i => i.Hash), entries.Select(e => e.Hash).Order(StringComparer.Ordinal));
                    Assert.All(
                        entries.Where(e => e.Group != "").GroupBy(e => e.Group),
                        g => Assert.Single(g.Select(e => e.Split).Distinct())
                    );
                }
            );

    [Fact]
    public void Comes_near_to_the_shares_of_each_class()
    {
        // 200 patients of 1 to 9 pictures, mostly of one class.
        var random = new Random(1);
        var images = new List<SplitCandidate>();
        for (var patient = 0; patient < 200; patient++)
        for (var i = random.Next(1, 10); i > 0; i--)
            images.Add(
                new(
                    Hash(images.Count),
                    random.Next(5) == 0 ? "rare"
                        : patient % 2 == 0 ? "sick"
                        : "well",
                    null,
                    $"patient {patient}"
                )
            );
        var entries = Split(images);
        foreach (var label in entries.GroupBy(e => e.Label))
        {
            Assert.InRange(label.Count(e => e.Split == Splits.Train) / (double)label.Count(), 0.66, 0.74);
            Assert.InRange(label.Count(e => e.Split == Splits.Val) / (double)label.Count(), 0.11, 0.19);
        }
    }

    [Fact]
    public void Lets_the_other_pictures_make_up_for_what_groups_take()
    {
        SplitCandidate[] images = [.. Enumerable.Range(0, 60).Select(i => new SplitCandidate(Hash(i), "a", null, i < 20 ? "large" : ""))];
        var entries = Split(images);
        Assert.Equal([42, 9, 9], Splits.All.Select(s => entries.Count(e => e.Split == s)));
    }

    [Fact]
    public void Follows_the_split_that_somebody_has_set()
    {
        var entries = Split([
            new(Hash(1), "a", Splits.Test, "g"),
            new(Hash(2), "a", null, "g"),
            new(Hash(3), "b", null, "g"),
            .. Enumerable.Range(4, 20).Select(i => new SplitCandidate(Hash(i), "a", null)),
        ]);
        Assert.All(entries.Where(e => e.Group == "g"), e => Assert.Equal(Splits.Test, e.Split));
    }

    [Fact]
    public void Is_the_same_whatever_order_the_pictures_came_in_and_another_with_another_seed()
    {
        SplitCandidate[] images = [.. Enumerable.Range(0, 100).Select(i => new SplitCandidate(Hash(i), $"c{i % 3}", null, $"g{i / 2}"))];
        Assert.Equal(Manifest.Write(Split(images)), Manifest.Write(Split([.. images.Reverse()])));
        Assert.NotEqual(Manifest.Write(Split(images)), Manifest.Write(Split(images, seed: 1)));
    }
}
