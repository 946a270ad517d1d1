using System.Buffers.Binary;
using System.Globalization;
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

    /// <returns>Below 0: none.</returns>
    public static sbyte IndexOf(string? split) => (sbyte)Array.IndexOf(All, split);
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

/// <summary>
/// Assigns splits class by class. The order within a class depends only on the seed and the pictures' hashes, so the same pictures with
/// the same seed get the same splits, whatever order they came in. Counts per class are the shares rounded by largest remainder, with at
/// least one picture in each split if the class has three or more. Pictures of a group stay together, as far as nobody has set their
/// splits; then the counts are as near to that as the groups allow. Pictures that had a split before keep it, and new ones make up for
/// what is missing: a test set stays comparable while a dataset grows.
/// </summary>
public static class StratifiedSplit
{
    public static void Assign(VersionPictures pictures, SplitFractions fractions, int seed)
    {
        fractions.Check();
        for (var i = 0; i < pictures.Count; i++)
            pictures[i].Split = pictures[i].FixedSplit;
        GroupedSplit.Assign(pictures, fractions, seed);
        var taken = new int[pictures.Labels.Count, Splits.All.Length];
        for (var i = 0; i < pictures.Count; i++)
        {
            ref var picture = ref pictures[i];
            if (picture.Split < 0)
                picture.Split = picture.FormerSplit;
            if (picture.Split >= 0 && picture.FixedSplit < 0)
                taken[picture.Label, picture.Split]++;
        }
        AssignFree(pictures, taken, fractions, seed);
    }

    /// <summary>Pictures that nothing else has placed, class by class.</summary>
    private static void AssignFree(VersionPictures pictures, int[,] taken, SplitFractions fractions, int seed)
    {
        var free = pictures.Where(picture => picture.Split < 0);
        Array.Sort([.. free.Select(i => pictures[i].Label)], free);
        for (int from = 0, to = 0; from < free.Length; from = to)
        {
            var label = pictures[free[from]].Label;
            while (to < free.Length && pictures[free[to]].Label == label)
                to++;
            var ofClass = free.AsSpan(from..to);
            SortByRank(ofClass, pictures, seed);
            var room = Room([taken[label, 0], taken[label, 1], taken[label, 2]], ofClass.Length, fractions);
            for (var i = 0; i < ofClass.Length; i++)
                pictures[ofClass[i]].Split = (sbyte)(
                    i < room[0] ? 0
                    : i < room[0] + room[1] ? 1
                    : 2
                );
        }
    }

    private static void SortByRank(Span<int> images, VersionPictures pictures, int seed)
    {
        var ranks = new UInt128[images.Length];
        for (var i = 0; i < ranks.Length; i++)
            ranks[i] = Rank(seed, pictures[images[i]].Hash);
        ranks.AsSpan().Sort(images);
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

    /// <summary>The same of the hash's text, without a text: there are many.</summary>
    internal static UInt128 Rank(int seed, ContentHash hash)
    {
        Span<byte> text = stackalloc byte[12 + ContentHash.TextLength];
        seed.TryFormat(text, out var digits, provider: CultureInfo.InvariantCulture);
        text[digits++] = (byte)':';
        hash.Write(text[digits..]);
        Span<byte> rank = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..(digits + ContentHash.TextLength)], rank);
        return BinaryPrimitives.ReadUInt128BigEndian(rank);
    }

    /// <summary>How many of the free pictures of a class each split takes, beside those that came with a group or were there
    /// before.</summary>
    private static int[] Room(int[] taken, int free, SplitFractions fractions)
    {
        var (train, val, test) = Counts(taken.Sum() + free, fractions);
        int[] room = [Math.Max(0, train - taken[0]), Math.Max(0, val - taken[1]), Math.Max(0, test - taken[2])];
        // They have taken more than its share of one split: the others get less.
        while (room.Sum() > free)
            room[Array.IndexOf(room, room.Max())]--;
        return room;
    }
}
