using System.Runtime.InteropServices;

namespace GpuGeek.Domain.Datasets;

/// <summary>The perceptual hashes of pictures, one behind the other.</summary>
internal sealed class PerceptualHashes(int capacity)
{
    /// <summary>264 bits.</summary>
    private const int Length = 33;
    private readonly List<byte> _bytes = [];
    private readonly List<bool> _known = new(capacity);

    public int Count => _known.Count;

    public ReadOnlySpan<byte> this[int index] => CollectionsMarshal.AsSpan(_bytes).Slice(index * Length, Length);

    /// <param name="hash">Null: not known.</param>
    public void Add(byte[]? hash)
    {
        if (hash is not (null or { Length: Length }))
            throw new ArgumentException($"A perceptual hash has {Length} bytes.", nameof(hash));
        _known.Add(hash is not null);
        // Old pictures may have none at all.
        if (hash is null)
            return;
        _bytes.EnsureCapacity(capacity * Length);
        CollectionsMarshal.SetCount(_bytes, (Count - 1) * Length);
        _bytes.AddRange(hash);
    }

    /// <returns>Indexes of those that are known.</returns>
    public int[] Known()
    {
        var indexes = new int[_known.Count(known => known)];
        for (int i = 0, found = 0; found < indexes.Length; i++)
            if (_known[i])
                indexes[found++] = i;
        return indexes;
    }
}
