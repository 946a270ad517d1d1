namespace GpuGeek.Domain.Datasets;

/// <summary>
/// Splits of whole groups, as scikit-learn's StratifiedGroupKFold does it: the largest groups first, each to the split that lacks most
/// of its classes' pictures.
/// </summary>
internal static class GroupedSplit
{
    /// <returns>Group → split. A group of which somebody has set a picture's split follows most of those, and one of which pictures had a
    /// split before, most of these.</returns>
    public static Dictionary<string, string> Of(IEnumerable<SplitCandidate> images, SplitFractions fractions, int seed)
    {
        var splits = new Dictionary<string, string>(StringComparer.Ordinal);
        var loose = images.Where(i => i.FixedSplit is null).ToList();
        var groups = images.Where(i => i.Kin.Length > 0).GroupBy(i => i.Kin, StringComparer.Ordinal).ToList();
        var wanted = loose
            .GroupBy(i => i.Label, StringComparer.Ordinal)
            .ToDictionary(c => c.Key, c => Wanted(c.Count(), fractions), StringComparer.Ordinal);
        foreach (var image in loose.Where(i => i.Kin.Length == 0 && i.FormerSplit is not null))
            wanted[image.Label][image.FormerSplit!]--;
        foreach (var group in groups.OrderByDescending(g => g.Count()).ThenBy(g => StratifiedSplit.Rank(seed, g.Key)))
        {
            var counts = group
                .Where(i => i.FixedSplit is null)
                .GroupBy(i => i.Label, StringComparer.Ordinal)
                .ToDictionary(c => c.Key, c => c.Count(), StringComparer.Ordinal);
            var split = Most(group.Select(i => i.FixedSplit)) ?? Most(group.Select(i => i.FormerSplit)) ?? Lacking(counts, wanted);
            splits.Add(group.Key, split);
            foreach (var (label, count) in counts)
                wanted[label][split] -= count;
        }
        return splits;
    }

    private static Dictionary<string, double> Wanted(int count, SplitFractions fractions)
    {
        var (train, val, test) = StratifiedSplit.Counts(count, fractions);
        return new(StringComparer.Ordinal)
        {
            [Splits.Train] = train,
            [Splits.Val] = val,
            [Splits.Test] = test,
        };
    }

    private static string? Most(IEnumerable<string?> splits) =>
        splits
            .Where(split => split is not null)
            .GroupBy(split => split, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count())
            .ThenBy(g => Array.IndexOf(Splits.All, g.Key))
            .FirstOrDefault()
            ?.Key;

    /// <summary>The split with room for most of the group's pictures; of those with as much, the one that lacks most.</summary>
    private static string Lacking(Dictionary<string, int> counts, Dictionary<string, Dictionary<string, double>> wanted) =>
        Splits
            .All.OrderByDescending(split => counts.Sum(c => Math.Min(c.Value, wanted[c.Key][split])))
            .ThenByDescending(split => counts.Sum(c => wanted[c.Key][split]))
            .First();
}
