namespace GpuGeek.Domain.Datasets;

/// <summary>
/// Splits of whole groups, as scikit-learn's StratifiedGroupKFold does it: the largest groups first, each to the split that lacks most
/// of its classes' pictures.
/// </summary>
internal static class GroupedSplit
{
    /// <summary>A group of which somebody has set a picture's split follows most of those, and one of which pictures had a split before,
    /// most of these.</summary>
    public static void Assign(VersionPictures pictures, SplitFractions fractions, int seed)
    {
        var wanted = Wanted(pictures, fractions);
        var grouped = pictures.Where(picture => picture.Kin != 0);
        var counts = new Dictionary<int, int>();
        foreach (var group in KinUnits.LargestFirst(pictures, grouped, seed))
        {
            counts.Clear();
            foreach (var image in group.Where(i => pictures[i].FixedSplit < 0))
                counts[pictures[image].Label] = counts.GetValueOrDefault(pictures[image].Label) + 1;
            var split = Most(group.Select(i => pictures[i].FixedSplit)) ?? Most(group.Select(i => pictures[i].FormerSplit));
            var chosen = split ?? Lacking(counts, wanted);
            foreach (var image in group.Where(i => pictures[i].FixedSplit < 0))
                pictures[image].Split = (sbyte)chosen;
            foreach (var (label, count) in counts)
                wanted[label][chosen] -= count;
        }
    }

    /// <returns>For each class the pictures that each split lacks, apart from those that were there before and are in no group.</returns>
    private static int[][] Wanted(VersionPictures pictures, SplitFractions fractions)
    {
        var loose = new int[pictures.Labels.Count];
        for (var i = 0; i < pictures.Count; i++)
            if (pictures[i].FixedSplit < 0)
                loose[pictures[i].Label]++;
        int[][] wanted = [.. loose.Select(count => Counts(count, fractions))];
        for (var i = 0; i < pictures.Count; i++)
            if (pictures[i] is { FixedSplit: < 0, Kin: 0, FormerSplit: >= 0 and var former })
                wanted[pictures[i].Label][former]--;
        return wanted;
    }

    private static int[] Counts(int count, SplitFractions fractions)
    {
        var (train, val, test) = StratifiedSplit.Counts(count, fractions);
        return [train, val, test];
    }

    /// <returns>Null: none has one.</returns>
    private static int? Most(IEnumerable<sbyte> splits)
    {
        var counts = new int[Splits.All.Length];
        foreach (var split in splits)
            if (split >= 0)
                counts[split]++;
        var most = counts.Max();
        return most == 0 ? null : Array.IndexOf(counts, most);
    }

    /// <summary>The split with room for most of the group's pictures; of those with as much, the one that lacks most.</summary>
    private static int Lacking(Dictionary<int, int> counts, int[][] wanted) =>
        Enumerable
            .Range(0, Splits.All.Length)
            .MaxBy(split => (counts.Sum(c => (long)Math.Min(c.Value, wanted[c.Key][split])), counts.Sum(c => (long)wanted[c.Key][split])));
}
