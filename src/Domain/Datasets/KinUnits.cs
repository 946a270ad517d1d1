namespace GpuGeek.Domain.Datasets;

/// <summary>Pictures that come into one split: those with the same <see cref="SplitPicture.Kin"/>, and single ones without.</summary>
internal static class KinUnits
{
    /// <param name="images">Indexes of the pictures; they are sorted.</param>
    /// <returns>The largest first; of those of one size the order depends on the seed and on their names alone.</returns>
    public static IEnumerable<ArraySegment<int>> LargestFirst(VersionPictures pictures, int[] images, int seed)
    {
        // No other one has the complement of a single one's index.
        int[] kin = [.. images.Select(i => pictures[i].Kin == 0 ? ~i : pictures[i].Kin)];
        Array.Sort(kin, images);
        var units = new Unit[kin.Where((its, i) => i == 0 || its != kin[i - 1]).Count()];
        for (int unit = 0, from = 0, to = 0; from < kin.Length; unit++, from = to)
        {
            while (to < kin.Length && kin[to] == kin[from])
                to++;
            units[unit] = new(from, to - from, (ulong)(Rank(pictures, images[from], seed) >> 64));
        }
        Array.Sort(units, Compare);
        return units.Select(unit => new ArraySegment<int>(images, unit.From, unit.Count));

        int Compare(Unit one, Unit other) =>
            one.Count != other.Count ? other.Count.CompareTo(one.Count)
            : one.Rank != other.Rank ? one.Rank.CompareTo(other.Rank)
            : Rank(pictures, images[one.From], seed).CompareTo(Rank(pictures, images[other.From], seed));
    }

    /// <param name="Rank">The upper half of it: the whole is rarely needed.</param>
    private readonly record struct Unit(int From, int Count, ulong Rank);

    private static UInt128 Rank(VersionPictures pictures, int image, int seed) =>
        pictures[image].Kin switch
        {
            0 => StratifiedSplit.Rank(seed, pictures[image].Hash),
            > 0 and var group => StratifiedSplit.Rank(seed, pictures.Groups[group]),
            var near => StratifiedSplit.Rank(seed, $"near {pictures[~near].Hash}"),
        };
}
