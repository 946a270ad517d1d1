using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

/// <summary>Versions of a few pictures.</summary>
internal static class Splitting
{
    public static List<ManifestEntry> Assign(IEnumerable<SplitCandidate> images, SplitFractions fractions, int seed) =>
        StratifiedSplit.Assign([.. images], fractions, seed);

    public static List<ManifestEntry> Fold(IEnumerable<SplitCandidate> images, int folds, int fold, int seed) =>
        StratifiedFolds.Assign([.. images], folds, fold, seed);

    /// <summary>Near-duplicates are kept together.</summary>
    /// <param name="folds">0: shares of 70, 15 and 15 %; otherwise this many, of which the second one is tested.</param>
    /// <returns>What was split, and how many groups and near-duplicates are divided.</returns>
    public static (List<ManifestEntry> Entries, int Groups, int Near) Together(
        IReadOnlyList<SplitCandidate> images,
        int seed,
        int folds = 0
    )
    {
        var near = NearDuplicates.Find([.. images.Select(i => i.PerceptualHash)]);
        var united = NearDuplicates.KeepTogether(images, near);
        var entries =
            folds > 0 ? StratifiedFolds.Assign(united, folds, 2, seed) : StratifiedSplit.Assign(united, SplitFractions.Default, seed);
        return (entries, VersionWarning.DividedGroups(entries), NearDuplicates.Divided(images, near, entries));
    }
}
