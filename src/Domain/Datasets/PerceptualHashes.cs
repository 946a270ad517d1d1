using System.Runtime.InteropServices;

namespace GpuGeek.Domain.Datasets;

/// <summary>The perceptual hashes of the pictures of which they are known, one behind the other.</summary>
internal sealed class PerceptualHashes
{
    /// <summary>264 bits.</summary>
    public const int Length = 33;
    private readonly List<byte> _bytes = [];
    private readonly List<int> _pictures = [];

    public int Count => _pictures.Count;

    public ReadOnlySpan<byte> this[int index] => CollectionsMarshal.AsSpan(_bytes).Slice(index * Length, Length);

    /// <param name="picture">Index of the picture, above those of the earlier ones.</param>
    /// <param name="expected">How many there may be.</param>
    public void Add(int picture, ReadOnlySpan<byte> hash, int expected = 0)
    {
        if (hash.Length != Length)
            throw new ArgumentException($"A perceptual hash has {Length} bytes.", nameof(hash));
        if (Count == 0)
        {
            _bytes.EnsureCapacity(expected * Length);
            _pictures.EnsureCapacity(expected);
        }
        _bytes.AddRange(hash);
        _pictures.Add(picture);
    }

    /// <returns>Index of the picture that the hash is of.</returns>
    public int PictureOf(int index) => _pictures[index];
}
