namespace GpuGeek.Domain.Datasets;

/// <summary>
/// Divides pictures into folds for cross-validation: one is the test set, the next one the validation set, the others are trained on. Over
/// all folds, each picture is tested once. Classes are spread evenly, as far as pictures with the same <see cref="SplitPicture.Kin"/>,
/// which stay together, allow: the largest first, each to the fold that has fewest of its classes (as scikit-learn's
/// StratifiedGroupKFold).
/// </summary>
public static class StratifiedFolds
{
    /// <summary>A split that a person has set stays, in every fold.</summary>
    /// <param name="fold">From 1 to <paramref name="folds"/>.</param>
    public static void Assign(VersionPictures pictures, int folds, int fold, int seed)
    {
        // Every other fold is trained on.
        var splits = new sbyte[folds];
        splits[fold - 1] = Splits.IndexOf(Splits.Test);
        splits[fold % folds] = Splits.IndexOf(Splits.Val);
        var sizes = new int[folds];
        var counts = new int[pictures.Labels.Count, folds];
        for (var i = 0; i < pictures.Count; i++)
            pictures[i].Split = pictures[i].FixedSplit;
        var free = pictures.Where(picture => picture.FixedSplit < 0);
        foreach (var unit in KinUnits.LargestFirst(pictures, free, seed))
        {
            var place = Enumerable.Range(0, folds).MinBy(f => (unit.Sum(i => (long)counts[pictures[i].Label, f]), sizes[f]));
            foreach (var image in unit)
            {
                pictures[image].Split = splits[place];
                counts[pictures[image].Label, place]++;
                sizes[place]++;
            }
        }
    }
}
