using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Datasets;

public static class Splits
{
    public const string Train = "train";
    public const string Val = "val";
    public const string Test = "test";
    public static readonly string[] All = [Train, Val, Test];
}

/// <summary>Shares of a split; they sum to 1.</summary>
public sealed record SplitFractions(double Train, double Val, double Test)
{
    public static readonly SplitFractions Default = new(0.7, 0.15, 0.15);

    /// <exception cref="DomainException"><c>invalid_split</c>.</exception>
    public void Check()
    {
        if (Train is not (> 0 and <= 1) || Val is not (> 0 and < 1) || Test is not (> 0 and < 1) || Math.Abs(Train + Val + Test - 1) > 1e-6)
            throw new DomainException(
                "invalid_split",
                $"The split {Train}/{Val}/{Test} is invalid: each share must be above 0 and the sum must be 1.",
                "For example 0.7, 0.15 and 0.15."
            );
    }
}

/// <param name="FixedSplit">A split that a person has set; it is kept.</param>
/// <param name="FormerSplit">The one that it had before: it is kept unless the picture's group is in another one.</param>
/// <param name="PerceptualHash">Null: not known.</param>
public sealed record SplitCandidate(
    string Hash,
    string Label,
    string? FixedSplit,
    string Group = "",
    string? FormerSplit = null,
    byte[]? PerceptualHash = null
)
{
    /// <summary>What unites it with pictures that nearly equal it; null: none do.</summary>
    public string? Near { get; init; }

    /// <summary>Pictures with the same one come into one split; empty: it has none.</summary>
    public string Kin => Near ?? Group;
}

/// <summary>
/// Assigns splits class by class. The order within a class depends only on the seed and the pictures' hashes, so the same pictures with
/// the same seed get the same splits, whatever order they came in. Counts per class are the shares rounded by largest remainder, with at
/// least one picture in each split if the class has three or more. Pictures of a group stay together, as far as nobody has set their
/// splits; then the counts are as near to that as the groups allow. Pictures that had a split before keep it, and new ones make up for
/// what is missing: a test set stays comparable while a dataset grows.
/// </summary>
public static class StratifiedSplit
{
    public static List<ManifestEntry> Assign(IReadOnlyCollection<SplitCandidate> images, SplitFractions fractions, int seed)
    {
        fractions.Check();
        var groups = GroupedSplit.Of(images, fractions, seed);
        var entries = new List<ManifestEntry>(images.Count);
        foreach (var byClass in images.GroupBy(i => i.Label, StringComparer.Ordinal))
        {
            var placed = byClass.Where(i => SplitOf(i, groups) is not null).ToList();
            entries.AddRange(placed.Select(i => Entry(i, SplitOf(i, groups)!)));
            var free = byClass.Where(i => SplitOf(i, groups) is null).OrderBy(i => Rank(seed, i.Hash)).ToList();
            var (train, val, _) = Room(placed.Where(i => i.FixedSplit is null).Select(i => SplitOf(i, groups)!), free.Count, fractions);
            entries.AddRange(
                free.Select(
                    (image, index) =>
                        Entry(
                            image,
                            index < train ? Splits.Train
                                : index < train + val ? Splits.Val
                                : Splits.Test
                        )
                )
            );
        }
        return entries;
    }

    /// <summary>Pictures of a class per split; they sum to <paramref name="count"/>.</summary>
    public static (int Train, int Val, int Test) Counts(int count, SplitFractions fractions)
    {
        double[] shares = [fractions.Train * count, fractions.Val * count, fractions.Test * count];
        int[] counts = [.. shares.Select(s => (int)Math.Floor(s + 1e-9))];
        foreach (var i in Enumerable.Range(0, 3).OrderByDescending(i => shares[i] - counts[i]).Take(count - counts.Sum()))
            counts[i]++;
        for (var i = 0; i < 3 && count >= 3; i++)
        {
            if (counts[i] > 0)
                continue;
            counts[Array.IndexOf(counts, counts.Max())]--;
            counts[i]++;
        }
        return (counts[0], counts[1], counts[2]);
    }

    /// <summary>A number that only the seed and the text determine.</summary>
    internal static UInt128 Rank(int seed, string text) =>
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}:{text}")));

    /// <summary>How many of the free pictures of a class each split takes, beside those that came with a group or were there
    /// before.</summary>
    private static (int Train, int Val, int Test) Room(IEnumerable<string> placed, int free, SplitFractions fractions)
    {
        var taken = placed.ToList();
        var (train, val, test) = Counts(taken.Count + free, fractions);
        int[] room = [.. Splits.All.Zip([train, val, test], (split, most) => Math.Max(0, most - taken.Count(s => s == split)))];
        // They have taken more than its share of one split: the others get less.
        while (room.Sum() > free)
            room[Array.IndexOf(room, room.Max())]--;
        return (room[0], room[1], room[2]);
    }

    private static string? SplitOf(SplitCandidate image, IReadOnlyDictionary<string, string> groups) =>
        image.FixedSplit ?? groups.GetValueOrDefault(image.Kin) ?? image.FormerSplit;

    private static ManifestEntry Entry(SplitCandidate image, string split) => new(image.Hash, image.Label, split, image.Group);
}
