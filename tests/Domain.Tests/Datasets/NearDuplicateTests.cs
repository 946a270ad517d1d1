using System.Globalization;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

public sealed class NearDuplicatesAndSplits
{
    private static string Hash(int i) => i.ToString("x64", CultureInfo.InvariantCulture);

    /// <summary>Half of its bits are set, as in a photograph.</summary>
    private static byte[] Look(int seed, int flipped = 0)
    {
        var look = new byte[33];
        new Random(seed).NextBytes(look);
        // Scattered over all of it.
        for (var i = 0; i < flipped; i++)
            look[i * 29 % 33] ^= (byte)(1 << (i / 33 + i % 7));
        return look;
    }

    private static SplitCandidate Picture(int i, byte[]? look, string group = "", string? split = null) =>
        new(Hash(i), "a", split, group, null, look);

    private static Dictionary<string, string> Split(List<SplitCandidate> images) =>
        Splitting.Together(images, 0).Entries.ToDictionary(e => e.Hash, e => e.Split);

    [Fact]
    public void Are_found_directly_and_through_others()
    {
        byte[]?[] looks = [Look(1), Look(2), Look(1, 10), null, Look(3), Look(1, 20), Look(2), null];
        Assert.Equal([0, 1, 0, 3, 4, 0, 1, 7], NearDuplicates.Find(looks));
    }

    [Fact]
    public void Are_none_where_more_bits_differ_or_few_say_anything()
    {
        Assert.True(NearDuplicates.AreNear(Look(1), Look(1, 16)));
        Assert.False(NearDuplicates.AreNear(Look(1), Look(1, 17)));
        // Plain pictures: nothing is set, or little.
        var plain = new byte[33];
        Assert.True(NearDuplicates.AreNear(plain, plain));
        byte[] little = [.. Enumerable.Repeat((byte)1, 12), .. new byte[21]];
        Assert.True(NearDuplicates.AreNear(little, [.. little[..32], 3]));
        Assert.False(NearDuplicates.AreNear(little, [.. little[..32], 7]));
    }

    [Fact]
    public void Come_into_one_split_with_the_groups_that_they_are_in()
    {
        List<SplitCandidate> images =
        [
            .. Enumerable.Range(0, 100).Select(i => Picture(i, Look(i))),
            .. Enumerable.Range(0, 20).Select(i => Picture(200 + i, Look(i, 9))),
            // One of a group nearly equals one of another group.
            Picture(300, Look(900), "g"),
            Picture(301, Look(901), "g"),
            Picture(302, Look(901, 5), "h"),
            Picture(303, Look(902), "h"),
        ];
        var splits = Split(images);
        for (var i = 0; i < 20; i++)
            Assert.Equal(splits[Hash(i)], splits[Hash(200 + i)]);
        Assert.Single(Enumerable.Range(300, 4).Select(i => splits[Hash(i)]).Distinct());
        Assert.InRange(splits.Count(s => s.Value == Splits.Train), 80, 95);
        Assert.Equal(splits, Split([.. images.AsEnumerable().Reverse()]));
    }

    /// <summary>As those of a fixed camera: all are within 16 bits of each other, and none is a duplicate but the two that nearly equal
    /// others.</summary>
    [Fact]
    public void Are_only_those_that_differ_least_where_all_pictures_look_alike()
    {
        var random = new Random(3);
        List<byte[]?> looks = [];
        for (var i = 0; i < 400; i++)
        {
            var look = Look(1);
            foreach (var bit in Enumerable.Range(0, 264).OrderBy(_ => random.Next()).Take(8))
                look[bit / 8] ^= (byte)(1 << (bit % 8));
            looks.Add(look);
        }
        byte[] again = [.. looks[7]!];
        again[4] ^= 1;
        looks.AddRange([again, looks[9]]);
        var first = NearDuplicates.Find(looks);
        Assert.Equal((7, 9), (first[400], first[401]));
        Assert.InRange(first.Where((f, i) => f != i).Count(), 2, 20);
        // In another order it is the same.
        var order = Enumerable.Range(0, looks.Count).OrderBy(_ => random.Next()).ToArray();
        var shuffled = NearDuplicates.Find([.. order.Select(i => looks[i])]);
        var sets = Enumerable.Range(0, looks.Count).GroupBy(i => first[i]).Select(set => string.Join(' ', set.Order()));
        var sets2 = Enumerable.Range(0, looks.Count).GroupBy(i => shuffled[i], i => order[i]).Select(set => string.Join(' ', set.Order()));
        Assert.Equal(sets.Order(StringComparer.Ordinal), sets2.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Are_none_where_everything_is_plain_white()
    {
        byte[]?[] looks = [.. Enumerable.Range(0, 500).Select(_ => new byte[33])];
        Assert.Equal(Enumerable.Range(0, 500), NearDuplicates.Find(looks));
    }

    [Fact]
    public void Change_nothing_where_there_are_none()
    {
        List<SplitCandidate> images = [.. Enumerable.Range(0, 90).Select(i => Picture(i, Look(i), $"g{i / 3}"))];
        Assert.Equal(Splitting.Assign(images, SplitFractions.Default, 5), Splitting.Together(images, 5).Entries);
    }

    [Fact]
    public void Are_counted_where_somebody_has_divided_them()
    {
        List<SplitCandidate> images =
        [
            .. Enumerable.Range(0, 30).Select(i => Picture(i, Look(i))),
            Picture(40, Look(40), split: Splits.Train),
            Picture(41, Look(40, 3), split: Splits.Test),
            Picture(42, Look(40, 4), split: Splits.Val),
        ];
        Assert.Equal(2, Splitting.Together(images, 0).Near);
    }
}
