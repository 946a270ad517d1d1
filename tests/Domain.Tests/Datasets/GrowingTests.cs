using System.Globalization;
using CsCheck;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

public sealed class SplittingADatasetThatGrew
{
    private static string Hash(int i) => i.ToString("x64", CultureInfo.InvariantCulture);

    private static List<ManifestEntry> Split(IEnumerable<SplitCandidate> images, List<ManifestEntry>? former = null)
    {
        var splits = former?.ToDictionary(e => e.Hash, e => e.Split) ?? [];
        return Splitting.Assign(
            [.. images.Select(i => i with { FormerSplit = splits.GetValueOrDefault(i.Hash) })],
            SplitFractions.Default,
            seed: 0
        );
    }

    private static IEnumerable<SplitCandidate> Pictures(int from, int count) =>
        Enumerable.Range(from, count).Select(i => new SplitCandidate(Hash(i), i % 3 == 0 ? "a" : "b", null));

    [Fact]
    public void Moves_no_picture_and_comes_to_the_shares_again() =>
        Gen.Select(Gen.Int[20, 200], Gen.Int[0, 200])
            .Sample(
                (before, more) =>
                {
                    var former = Split(Pictures(0, before));
                    var now = Split(Pictures(0, before + more), former).ToDictionary(e => e.Hash, e => e.Split);
                    Assert.All(former, e => Assert.Equal(e.Split, now[e.Hash]));
                    Assert.Equal(before + more, now.Count);
                    var (train, val, test) = (
                        now.Values.Count(s => s == Splits.Train),
                        now.Values.Count(s => s == Splits.Val),
                        now.Values.Count(s => s == Splits.Test)
                    );
                    // Two classes, each within one picture of its shares, or of what was there before.
                    Assert.InRange(train, 0.7 * (before + more) - 3, 0.7 * (before + more) + 3);
                    Assert.InRange(test, 0.15 * (before + more) - 3, 0.15 * (before + more) + 3);
                    Assert.Equal(before + more, train + val + test);
                }
            );

    [Fact]
    public void Is_as_it_was_where_nothing_was_added()
    {
        var former = Split(Pictures(0, 100));
        Assert.Equal(Manifest.Write(former), Manifest.Write(Split(Pictures(0, 100), former)));
    }

    [Fact]
    public void Brings_new_pictures_of_a_group_to_those_that_were_there()
    {
        SplitCandidate[] first = [.. Pictures(0, 60), new(Hash(900), "a", null, "g")];
        var former = Split(first);
        var split = former.Single(e => e.Group == "g").Split;
        var now = Split([.. first, .. Enumerable.Range(901, 5).Select(i => new SplitCandidate(Hash(i), "a", null, "g"))], former);
        Assert.All(now.Where(e => e.Group == "g"), e => Assert.Equal(split, e.Split));
    }

    [Fact]
    public void Unites_a_group_that_was_on_both_sides()
    {
        var former = Split(Pictures(0, 60));
        var (one, other) = (former.First(e => e.Split == Splits.Train), former.First(e => e.Split == Splits.Test));
        var now = Split(Pictures(0, 60).Select(i => i.Hash == one.Hash || i.Hash == other.Hash ? i with { Group = "g" } : i), former);
        Assert.Single(now.Where(e => e.Group == "g").Select(e => e.Split).Distinct());
    }
}
