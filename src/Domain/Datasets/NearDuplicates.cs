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

    /// <param name="hashes">Null: not known.</param>
    /// <inheritdoc cref="Find(PerceptualHashes)"/>
    public static int[] Find(IReadOnlyList<byte[]?> hashes)
    {
        var all = new PerceptualHashes(hashes.Count);
        foreach (var hash in hashes)
            all.Add(hash);
        return Find(all);
    }

    /// <summary>Also takes the perceptual hashes away from the pictures: nothing else needs them.</summary>
    /// <inheritdoc cref="Find(PerceptualHashes)"/>
    public static int[] Find(VersionPictures pictures) => Find(pictures.TakePerceptualHashes());

    /// <summary>Where many pictures look alike, fewer bits may differ: what distinguishes them is small.</summary>
    /// <returns>For each picture the index of the first one that it is near to, directly or through others; its own: of none. It depends
    /// on the hashes, not on their order.</returns>
    private static int[] Find(PerceptualHashes hashes)
    {
        int[] first = [.. Enumerable.Range(0, hashes.Count)];
        // Those that are equal are beside each other, and so are many that are near.
        var sorted = hashes.Known();
        Array.Sort(sorted, (one, other) => hashes[one].SequenceCompareTo(hashes[other]));
        Refine(sorted, MostBits);
        return first;

        void Refine(int[] images, int bits)
        {
            foreach (var set in Sets(hashes, images, bits))
                if (set.Length <= LargestSet(hashes.Count))
                    Name(set, set.Min());
                else if (bits > 0)
                    Refine(set, bits / 4);
        }

        void Name(int[] set, int smallest)
        {
            foreach (var image in set)
                first[image] = smallest;
        }
    }

    /// <param name="images">Sorted by their hashes.</param>
    /// <returns>Those of two or more, sorted as well.</returns>
    private static IEnumerable<int[]> Sets(PerceptualHashes hashes, int[] images, int bits)
    {
        var near = new UnionFind(images.Length);
        var keys = new ulong[images.Length];
        // Two that differ in fewer than 11 bits agree in one of 11 bands, and most that differ in 16 do: only those are compared.
        for (var band = 0; band < Bands; band++)
        {
            for (var i = 0; i < keys.Length; i++)
                keys[i] = ((ulong)Band(hashes[images[i]], band) << 32) | (uint)i;
            Array.Sort(keys);
            for (var i = 0; i < keys.Length; i++)
            for (var j = i + 1; j < keys.Length && j <= i + Compared && keys[j] >> 32 == keys[i] >> 32; j++)
                if (AreNear(hashes[images[(uint)keys[i]]], hashes[images[(uint)keys[j]]], bits))
                    near.Join((int)(uint)keys[i], (int)(uint)keys[j]);
        }
        for (var i = 0; i < keys.Length; i++)
            keys[i] = ((ulong)near.FirstOf(i) << 32) | (uint)i;
        Array.Sort(keys);
        for (int from = 0, to = 0; from < keys.Length; from = to)
        {
            while (to < keys.Length && keys[to] >> 32 == keys[from] >> 32)
                to++;
            if (to - from > 1)
                yield return [.. keys[from..to].Select(key => images[(uint)key])];
        }
    }

    /// <summary>Those that are near to each other, and the groups that they are in, come into one split.</summary>
    /// <param name="near">As <see cref="Find(VersionPictures)"/> found it for these pictures.</param>
    public static void KeepTogether(VersionPictures pictures, int[] near)
    {
        var sets = new UnionFind(pictures.Count);
        var firstOfGroup = new int[pictures.Groups.Count];
        for (var i = 0; i < pictures.Count; i++)
        {
            sets.Join(i, near[i]);
            if (pictures[i].Group == 0)
                continue;
            ref var first = ref firstOfGroup[pictures[i].Group];
            // 0: none so far; others are one above the index.
            if (first > 0)
                sets.Join(i, first - 1);
            else
                first = i + 1;
        }
        var smallest = Smallest(pictures, near, sets);
        for (var i = 0; i < pictures.Count; i++)
            if (smallest[sets.FirstOf(i)] is >= 0 and var name)
                pictures[i].Kin = ~name;
    }

    /// <summary>Sets are named by their pictures, not by the order these came in.</summary>
    /// <returns>For the first picture of each set in which any are near, the index of the one whose hash is first; below 0: of
    /// others.</returns>
    private static int[] Smallest(VersionPictures pictures, int[] near, UnionFind sets)
    {
        var smallest = new int[pictures.Count];
        Array.Fill(smallest, -1);
        for (var i = 0; i < pictures.Count; i++)
            if (near[i] != i)
                smallest[sets.FirstOf(i)] = i;
        for (var i = 0; i < pictures.Count; i++)
        {
            ref var its = ref smallest[sets.FirstOf(i)];
            if (its >= 0 && pictures[i].Hash.CompareTo(pictures[its].Hash) < 0)
                its = i;
        }
        return smallest;
    }

    /// <returns>Number of pictures of the validation and test sets that are near to one of another split.</returns>
    public static int Divided(VersionPictures pictures, int[] near)
    {
        // A bit for each split that a set is in.
        var splits = new byte[near.Length];
        for (var i = 0; i < near.Length; i++)
            splits[near[i]] |= (byte)(1 << pictures[i].Split);
        var train = Splits.IndexOf(Splits.Train);
        return Enumerable.Range(0, near.Length).Count(i => pictures[i].Split != train && BitOperations.PopCount(splits[near[i]]) > 1);
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
