using System.Buffers.Binary;
using System.Numerics;
using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Datasets;

/// <summary>
/// Pictures whose perceptual hashes differ in few bits: the same photograph, compressed or resized again, or the next one of a series.
/// Trained on one and tested on the other, a model is tested on what it has seen.
/// </summary>
public static class NearDuplicates
{
    /// <summary>
    /// Of 264 bits. Of 1,500 photographs of flowers, no two different ones differed in fewer than 27; the same ones, saved again with a
    /// JPEG quality of 50 or at half their size, in at most 16 (median 3 and 6).
    /// </summary>
    public const int MostBits = 16;

    /// <summary>A plain picture has few bits that say anything: fewer may differ.</summary>
    private const int BitsFor = 6;
    private const int Bands = 11;

    /// <summary>Of pictures that agree in a band, so many that follow in order are compared.</summary>
    private const int Compared = 64;

    /// <summary>Larger sets are no duplicates: their pictures look alike, as those of a fixed camera do.</summary>
    private static int LargestSet(int images) => Math.Max(20, images / 20);

    /// <summary>Where many pictures look alike, fewer bits may differ: what distinguishes them is small.</summary>
    /// <param name="hashes">Null: not known.</param>
    /// <returns>For each picture the index of the first one that it is near to, directly or through others; its own: of none. It depends
    /// on the hashes, not on their order.</returns>
    public static int[] Find(IReadOnlyList<byte[]?> hashes)
    {
        int[] first = [.. Enumerable.Range(0, hashes.Count)];
        // Those that are equal are beside each other, and so are many that are near.
        var known = first.Where(i => hashes[i] is not null).ToArray();
        Array.Sort(known, (one, other) => hashes[one].AsSpan().SequenceCompareTo(hashes[other]));
        Refine(known, MostBits);
        return first;

        void Refine(int[] images, int bits)
        {
            foreach (var set in Sets(hashes, images, bits))
                if (set.Length <= LargestSet(hashes.Count))
                    foreach (var image in set)
                        first[image] = set.Min();
                else if (bits > 0)
                    Refine(set, bits / 4);
        }
    }

    /// <param name="images">Sorted by their hashes.</param>
    private static IEnumerable<int[]> Sets(IReadOnlyList<byte[]?> hashes, int[] images, int bits)
    {
        var near = new UnionFind(images.Length);
        var keys = new ulong[images.Length];
        // Two that differ in fewer than 11 bits agree in one of 11 bands, and most that differ in 16 do: only those are compared.
        for (var band = 0; band < Bands; band++)
        {
            for (var i = 0; i < keys.Length; i++)
                keys[i] = ((ulong)Band(hashes[images[i]]!, band) << 32) | (uint)i;
            Array.Sort(keys);
            for (var i = 0; i < keys.Length; i++)
            for (var j = i + 1; j < keys.Length && j <= i + Compared && keys[j] >> 32 == keys[i] >> 32; j++)
                if (AreNear(hashes[images[(uint)keys[i]]]!, hashes[images[(uint)keys[j]]]!, bits))
                    near.Join((int)(uint)keys[i], (int)(uint)keys[j]);
        }
        return Enumerable.Range(0, images.Length).GroupBy(near.FirstOf, i => images[i]).Select(set => set.ToArray());
    }

    /// <summary>Those that are near to each other, and the groups that they are in, come into one split.</summary>
    /// <param name="near">As <see cref="Find"/> found it for these pictures.</param>
    public static List<SplitCandidate> KeepTogether(IReadOnlyList<SplitCandidate> images, int[] near)
    {
        var sets = new UnionFind(images.Count);
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        var joined = new HashSet<int>();
        for (var i = 0; i < images.Count; i++)
        {
            sets.Join(i, near[i]);
            if (images[i].Group.Length > 0 && !groups.TryAdd(images[i].Group, i))
                sets.Join(i, groups[images[i].Group]);
        }
        for (var i = 0; i < images.Count; i++)
            if (near[i] != i)
                joined.Add(sets.FirstOf(i));
        // Named by their pictures, not by the order these came in.
        var names = Enumerable
            .Range(0, images.Count)
            .GroupBy(sets.FirstOf)
            .Where(set => joined.Contains(set.Key))
            .ToDictionary(set => set.Key, set => "near " + set.Select(i => images[i].Hash).Min(StringComparer.Ordinal));
        return [.. images.Select((image, i) => names.GetValueOrDefault(sets.FirstOf(i)) is { } name ? image with { Near = name } : image)];
    }

    /// <returns>Number of pictures of the validation and test sets that are near to one of another split.</returns>
    public static int Divided(IReadOnlyList<SplitCandidate> images, int[] near, IEnumerable<ManifestEntry> entries)
    {
        if (Enumerable.Range(0, near.Length).All(i => near[i] == i))
            return 0;
        var splits = entries.ToDictionary(e => e.Hash, e => e.Split, StringComparer.Ordinal);
        return Enumerable
            .Range(0, images.Count)
            .GroupBy(i => near[i], i => splits[images[i].Hash])
            .Where(set => set.Distinct(StringComparer.Ordinal).Skip(1).Any())
            .Sum(set => set.Count(split => split != Splits.Train));
    }

    /// <param name="bits">At most so many may differ.</param>
    public static bool AreNear(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, int bits = MostBits)
    {
        var differing = 0;
        var set = 0;
        for (var i = 0; i < one.Length; i++)
        {
            differing += BitOperations.PopCount((uint)(one[i] ^ other[i]));
            set += BitOperations.PopCount((uint)(one[i] & other[i]));
        }
        return differing <= Math.Min(bits, set / BitsFor);
    }

    /// <summary>24 bits.</summary>
    private static uint Band(ReadOnlySpan<byte> hash, int band) =>
        BinaryPrimitives.ReadUInt16LittleEndian(hash[(band * 3)..]) | ((uint)hash[band * 3 + 2] << 16);
}
