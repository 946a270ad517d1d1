using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

/// <summary>Versions of a few pictures.</summary>
internal static class Splitting
{
    public static VersionPictures Pictures(IEnumerable<SplitCandidate> images)
    {
        var pictures = new VersionPictures();
        foreach (var image in images)
            pictures.Add(image);
        return pictures;
    }

    public static List<ManifestEntry> Assign(IEnumerable<SplitCandidate> images, SplitFractions fractions, int seed)
    {
        var pictures = Pictures(images);
        StratifiedSplit.Assign(pictures, fractions, seed);
        return [.. pictures.Entries()];
    }

    public static List<ManifestEntry> Fold(IEnumerable<SplitCandidate> images, int folds, int fold, int seed)
    {
        var pictures = Pictures(images);
        StratifiedFolds.Assign(pictures, folds, fold, seed);
        return [.. pictures.Entries()];
    }

    /// <summary>Near-duplicates are kept together.</summary>
    /// <param name="folds">0: shares of 70, 15 and 15 %; otherwise this many, of which the second one is tested.</param>
    /// <returns>What was split, and how many groups and near-duplicates are divided.</returns>
    public static (List<ManifestEntry> Entries, int Groups, int Near) Together(IEnumerable<SplitCandidate> images, int seed, int folds = 0)
    {
        var pictures = Pictures(images);
        var near = NearDuplicates.Find(pictures);
        NearDuplicates.KeepTogether(pictures, near);
        if (folds > 0)
            StratifiedFolds.Assign(pictures, folds, 2, seed);
        else
            StratifiedSplit.Assign(pictures, SplitFractions.Default, seed);
        return ([.. pictures.Entries()], VersionWarning.DividedGroups(pictures), NearDuplicates.Divided(pictures, near));
    }
}
