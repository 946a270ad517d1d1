namespace GpuGeek.Domain.Datasets;

/// <summary>A picture that two versions do not have alike.</summary>
/// <param name="Before">Null: it was added.</param>
/// <param name="After">Null: it was removed.</param>
public sealed record VersionChange(ManifestEntry? Before, ManifestEntry? After)
{
    public const string Added = "added",
        Removed = "removed",
        Relabelled = "relabelled",
        Moved = "moved",
        Regrouped = "regrouped";

    public static readonly string[] AllKinds = [Added, Removed, Relabelled, Moved, Regrouped];

    public string Hash => (After ?? Before)!.Hash;

    /// <summary>What happened to it: added or removed, or one or several of the others.</summary>
    public IEnumerable<string> Kinds =>
        (Before, After) switch
        {
            (null, _) => [Added],
            (_, null) => [Removed],
            var (before, after) => Differences(before, after),
        };

    /// <summary>Compares two manifests, which are sorted by hash, without holding either.</summary>
    public static async IAsyncEnumerable<VersionChange> OfAsync(
        IAsyncEnumerable<ManifestEntry> before,
        IAsyncEnumerable<ManifestEntry> after
    )
    {
        await using var old = before.GetAsyncEnumerator();
        await using var now = after.GetAsyncEnumerator();
        var (hasOld, hasNow) = (await old.MoveNextAsync(), await now.MoveNextAsync());
        while (hasOld || hasNow)
        {
            var order =
                !hasOld ? 1
                : !hasNow ? -1
                : string.CompareOrdinal(old.Current.Hash, now.Current.Hash);
            var change = new VersionChange(order <= 0 ? old.Current : null, order >= 0 ? now.Current : null);
            if (change.Before != change.After)
                yield return change;
            hasOld = order <= 0 ? await old.MoveNextAsync() : hasOld;
            hasNow = order >= 0 ? await now.MoveNextAsync() : hasNow;
        }
    }

    private static IEnumerable<string> Differences(ManifestEntry before, ManifestEntry after)
    {
        if (before.Label != after.Label)
            yield return Relabelled;
        if (before.Split != after.Split)
            yield return Moved;
        if (before.Group != after.Group)
            yield return Regrouped;
    }
}
