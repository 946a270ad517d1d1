using System.Globalization;
using CsCheck;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

public sealed class SplittingADataset
{
    private static string Hash(int i) => i.ToString("x64", CultureInfo.InvariantCulture);

    private static SplitCandidate[] Pictures(int perClass, params string[] classes) =>
        [
            .. classes.SelectMany(
                (name, c) => Enumerable.Range(0, perClass).Select(i => new SplitCandidate(Hash(c * 100_000 + i), name, null))
            ),
        ];

    [Fact]
    public void Three_hundred_per_class_at_50_10_40_give_150_30_120()
    {
        var entries = Splitting.Assign(Pictures(300, "daisy", "rose"), new(0.5, 0.1, 0.4), seed: 0);
        foreach (var name in (string[])["daisy", "rose"])
            Assert.Equal([150, 30, 120], Splits.All.Select(s => entries.Count(e => e.Label == name && e.Split == s)));
    }

    [Fact]
    public void The_order_in_which_pictures_came_does_not_matter()
    {
        var pictures = Pictures(50, "a", "b");
        var forward = Manifest.Write(Splitting.Assign(pictures, SplitFractions.Default, 7));
        var backward = Manifest.Write(Splitting.Assign([.. pictures.Reverse()], SplitFractions.Default, 7));
        Assert.Equal(forward, backward);
    }

    [Fact]
    public void Another_seed_gives_another_split()
    {
        var pictures = Pictures(50, "a");
        Assert.NotEqual(
            Manifest.Write(Splitting.Assign(pictures, SplitFractions.Default, 1)),
            Manifest.Write(Splitting.Assign(pictures, SplitFractions.Default, 2))
        );
    }

    [Fact]
    public void A_split_that_the_folders_gave_is_kept()
    {
        var entries = Splitting.Assign([new(Hash(1), "a", Splits.Test), new(Hash(2), "a", Splits.Train)], SplitFractions.Default, 0);
        Assert.Equal(Splits.Test, entries.Single(e => e.Hash == Hash(1)).Split);
        Assert.Equal(Splits.Train, entries.Single(e => e.Hash == Hash(2)).Split);
    }

    [Fact]
    public void Counts_add_up_and_stay_within_one_of_the_shares() =>
        Gen.Select(Gen.Int[3, 5_000], Gen.Double[0.05, 0.9], Gen.Double[0.05, 0.9])
            .Sample(
                (count, a, b) =>
                {
                    var total = a + b + 0.3;
                    var fractions = new SplitFractions(a / total, b / total, 1 - a / total - b / total);
                    var (train, val, test) = StratifiedSplit.Counts(count, fractions);
                    Assert.Equal(count, train + val + test);
                    Assert.All([train, val, test], c => Assert.True(c >= 1));
                    if (count >= 100)
                        Assert.InRange(train, fractions.Train * count - 1, fractions.Train * count + 1);
                }
            );

    [Theory]
    [InlineData(0.7, 0.3, 0)]
    [InlineData(0.5, 0.1, 0.3)]
    [InlineData(double.NaN, 0.5, 0.5)]
    [InlineData(-0.2, 0.6, 0.6)]
    public void Shares_that_do_not_work_are_refused(double train, double val, double test) =>
        Assert.Equal("invalid_split", Assert.Throws<DomainException>(() => new SplitFractions(train, val, test).Check()).Code);
}
