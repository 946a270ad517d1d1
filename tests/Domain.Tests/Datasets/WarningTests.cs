using System.Globalization;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

public sealed class WarningsOfAVersion
{
    private static string Hash(int i) => i.ToString("x64", CultureInfo.InvariantCulture);

    private static string[] Of(int divided, int near, params (string Split, string Label, int Count)[] counts) =>
        [
            .. VersionWarning
                .Of(
                    [.. counts.Select(c => c.Label).Distinct()],
                    Splits.All.ToDictionary(s => s, s => counts.Where(c => c.Split == s).ToDictionary(c => c.Label, c => c.Count)),
                    divided,
                    near
                )
                .Select(w => $"{w.Code} {w.Split} {string.Join("+", w.Classes)} {w.Count}"),
        ];

    [Fact]
    public void Are_none_where_every_split_has_enough_of_each_class() =>
        Assert.Empty(Of(0, 0, ("train", "a", 3), ("val", "a", 1), ("test", "a", 10)));

    [Fact]
    public void Name_what_is_missing_and_what_is_little() =>
        Assert.Equal(
            ["class_missing val b 0", "class_missing test b+c 0", "few_pictures test a 10", "divided_groups   2", "near_duplicates   7"],
            Of(2, 7, ("train", "a", 90), ("val", "a", 9), ("test", "a", 9), ("train", "b", 9), ("train", "c", 1), ("val", "c", 1))
        );

    [Fact]
    public void Count_the_groups_that_stand_in_several_splits()
    {
        SplitCandidate[] images =
        [
            new(Hash(1), "a", Splits.Train, "g"),
            new(Hash(2), "a", Splits.Test, "g"),
            new(Hash(3), "a", Splits.Test, "h"),
            new(Hash(4), "a", Splits.Test, "h"),
            new(Hash(5), "a", Splits.Train),
            new(Hash(6), "a", Splits.Test),
        ];
        Assert.Equal(1, VersionWarning.DividedGroups(Splitting.Pictures(images)));
    }
}
