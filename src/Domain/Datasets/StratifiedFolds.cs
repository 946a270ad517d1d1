namespace GpuGeek.Domain.Datasets;

/// <summary>
/// Divides pictures into folds for cross-validation: one is the test set, the next one the validation set, the others are trained on. Over
/// all folds, each picture is tested once. Classes are spread evenly, as far as pictures with the same <see cref="SplitCandidate.Kin"/>,
/// which stay together, allow: the largest first, each to the fold that has fewest of its classes (as scikit-learn's
/// StratifiedGroupKFold).
/// </summary>
public static class StratifiedFolds
{
    /// <param name="fold">From 1 to <paramref name="folds"/>.</param>
    /// <returns>A split that a person has set stays, in every fold.</returns>
    public static List<ManifestEntry> Assign(IReadOnlyCollection<SplitCandidate> images, int folds, int fold, int seed)
    {
        var placed = Place([.. images.Where(i => i.FixedSplit is null)], folds, seed);
        var (test, validation) = (fold - 1, fold % folds);
        return
        [
            .. images.Select(i => new ManifestEntry(
                i.Hash,
                i.Label,
                i.FixedSplit
                    ?? (
                        placed[i.Hash] == test ? Splits.Test
                        : placed[i.Hash] == validation ? Splits.Val
                        : Splits.Train
                    ),
                i.Group
            )),
        ];
    }

    /// <returns>Hash → fold, from 0.</returns>
    private static Dictionary<string, int> Place(List<SplitCandidate> images, int folds, int seed)
    {
        var result = new Dictionary<string, int>(images.Count, StringComparer.Ordinal);
        var sizes = new int[folds];
        var counts = images.Select(i => i.Label).Distinct(StringComparer.Ordinal).ToDictionary(label => label, _ => new int[folds]);
        foreach (
            var unit in images
                .GroupBy(i => i.Kin.Length > 0 ? i.Kin : i.Hash, StringComparer.Ordinal)
                .OrderByDescending(unit => unit.Count())
                .ThenBy(unit => StratifiedSplit.Rank(seed, unit.Key))
        )
        {
            var fold = Enumerable.Range(0, folds).MinBy(f => (unit.Sum(i => counts[i.Label][f]), sizes[f]));
            foreach (var image in unit)
            {
                result.Add(image.Hash, fold);
                counts[image.Label][fold]++;
                sizes[fold]++;
            }
        }
        return result;
    }
}
