using System.Numerics;

namespace GpuGeek.Domain.Datasets;

/// <summary>Something about a version's splits that makes figures of its trainings worth less.</summary>
/// <param name="Code"><see cref="Missing"/>, <see cref="Few"/>, <see cref="Divided"/> or <see cref="Near"/>.</param>
/// <param name="Split">Which it is about; null: all.</param>
/// <param name="Classes">Which it is about.</param>
/// <param name="Count">Of groups or pictures, or the number that few is less than.</param>
public sealed record VersionWarning(string Code, string? Split, IReadOnlyList<string> Classes, int Count)
{
    public const string Missing = "class_missing",
        Few = "few_pictures",
        Divided = "divided_groups",
        Near = "near_duplicates";

    /// <summary>The recall of a class with fewer test pictures can be anything: with 9 right of 9, the interval begins at 70 %.</summary>
    private const int FewPictures = 10;

    /// <param name="counts">Split → class → pictures.</param>
    /// <param name="divided">Groups with pictures in several splits.</param>
    /// <param name="near">Pictures of the validation and test sets that are near-duplicates of one in another split.</param>
    public static IEnumerable<VersionWarning> Of(
        IReadOnlyList<string> classes,
        IReadOnlyDictionary<string, Dictionary<string, int>> counts,
        int divided,
        int near
    )
    {
        int In(string split, string label) => counts.GetValueOrDefault(split)?.GetValueOrDefault(label) ?? 0;
        foreach (var split in Splits.All)
            if (classes.Where(c => In(split, c) == 0).ToArray() is { Length: > 0 } missing)
                yield return new(Missing, split, missing, 0);
        if (classes.Where(c => In(Splits.Test, c) is > 0 and < FewPictures).ToArray() is { Length: > 0 } few)
            yield return new(Few, Splits.Test, few, FewPictures);
        if (divided > 0)
            yield return new(Divided, null, [], divided);
        if (near > 0)
            yield return new(Near, null, [], near);
    }

    /// <summary>Groups with pictures in several splits: somebody has set the splits of single pictures.</summary>
    public static int DividedGroups(VersionPictures pictures)
    {
        // A bit for each split that a group is in.
        var splits = new byte[pictures.Groups.Count];
        for (var i = 0; i < pictures.Count; i++)
            if (pictures[i].Group > 0)
                splits[pictures[i].Group] |= (byte)(1 << pictures[i].Split);
        return splits.Count(s => BitOperations.PopCount(s) > 1);
    }
}
