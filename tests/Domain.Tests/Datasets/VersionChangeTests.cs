using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

public sealed class TwoVersionsCompared
{
    private static string Hash(char digit) => new(digit, 64);

    private static ManifestEntry Entry(char digit, string label = "rose", string split = "train", string group = "") =>
        new(Hash(digit), label, split, group);

    private static async Task<string[]> ComparedAsync(ManifestEntry[] before, ManifestEntry[] after) =>
        [
            .. await VersionChange
                .OfAsync(before.ToAsyncEnumerable(), after.ToAsyncEnumerable())
                .Select(c => $"{c.Hash[0]} {string.Join('+', c.Kinds)}")
                .ToListAsync(TestContext.Current.CancellationToken),
        ];

    [Fact]
    public async Task Say_of_each_picture_what_happened_to_it()
    {
        ManifestEntry[] before = [Entry('0'), Entry('2'), Entry('4'), Entry('6'), Entry('8')];
        ManifestEntry[] after =
        [
            Entry('1'),
            Entry('2', "tulip"),
            Entry('4', split: "test"),
            Entry('6', "tulip", "val", "ann"),
            Entry('8'),
            Entry('9'),
        ];
        Assert.Equal(
            ["0 removed", "1 added", "2 relabelled", "4 moved", "6 relabelled+moved+regrouped", "9 added"],
            await ComparedAsync(before, after)
        );
    }

    [Fact]
    public async Task Of_which_one_is_empty_or_both_are_the_same_have_no_more()
    {
        ManifestEntry[] some = [Entry('0'), Entry('1')];
        Assert.Equal(["0 added", "1 added"], await ComparedAsync([], some));
        Assert.Equal(["0 removed", "1 removed"], await ComparedAsync(some, []));
        Assert.Empty(await ComparedAsync(some, some));
    }

    /// <summary>Random versions against the plain way: two dictionaries.</summary>
    [Fact]
    public async Task Say_the_same_as_two_dictionaries()
    {
        var random = new Random(3);
        ManifestEntry[] Version() =>
            [
                .. Enumerable
                    .Range(0, 300)
                    .Where(_ => random.Next(3) > 0)
                    .Select(i => new ManifestEntry($"{i:x64}", $"c{random.Next(2)}", Splits.All[random.Next(3)])),
            ];
        for (var round = 0; round < 20; round++)
        {
            var (before, after) = (Version(), Version());
            var (old, now) = (before.ToDictionary(e => e.Hash), after.ToDictionary(e => e.Hash));
            var expected = old
                .Keys.Union(now.Keys)
                .Where(h => old.GetValueOrDefault(h) != now.GetValueOrDefault(h))
                .Order(StringComparer.Ordinal);
            var found = await VersionChange
                .OfAsync(before.ToAsyncEnumerable(), after.ToAsyncEnumerable())
                .ToListAsync(TestContext.Current.CancellationToken);
            Assert.Equal(expected, found.Select(c => c.Hash));
            Assert.All(found, c => Assert.Equal((old.GetValueOrDefault(c.Hash), now.GetValueOrDefault(c.Hash)), (c.Before, c.After)));
        }
    }
}
