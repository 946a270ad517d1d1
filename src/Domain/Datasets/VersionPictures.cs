using System.Runtime.InteropServices;

namespace GpuGeek.Domain.Datasets;

/// <param name="Hash">SHA-256 of the picture's bytes, hex.</param>
/// <param name="Label">Class name.</param>
/// <param name="FixedSplit">A split that a person has set; it is kept.</param>
/// <param name="FormerSplit">The one that it had before: it is kept unless the picture's group is in another one.</param>
/// <param name="PerceptualHash">Null: not known.</param>
public readonly record struct SplitCandidate(
    string Hash,
    string Label,
    string? FixedSplit,
    string Group = "",
    string? FormerSplit = null,
    byte[]? PerceptualHash = null
);

/// <summary>A picture of a version that is being made. Splits are indexes into <see cref="Splits.All"/>; below 0: none.</summary>
/// <param name="hash">Of its bytes.</param>
/// <param name="label">Index of its class in <see cref="VersionPictures.Labels"/>.</param>
/// <param name="group">Index of its group in <see cref="VersionPictures.Groups"/>; 0: it has none.</param>
/// <param name="fixedSplit">As in <see cref="SplitCandidate"/>.</param>
public struct SplitPicture(ContentHash hash, int label, int group, sbyte fixedSplit)
{
    public ContentHash Hash { get; } = hash;
    public int Label { get; } = label;
    public int Group { get; } = group;

    /// <summary>Pictures with the same one come into one split: that of a group, or the complement of the index of the first picture, by
    /// hash, of those that are near to each other. 0: it has none.</summary>
    public int Kin { get; set; } = group;
    public sbyte FixedSplit { get; } = fixedSplit;
    public sbyte FormerSplit { get; set; } = -1;
    public sbyte Split { get; set; } = fixedSplit;
}

/// <summary>The pictures of a version that is being made: a million of them take 48 MB, as objects and texts a gigabyte.</summary>
public sealed class VersionPictures(int capacity = 0)
{
    private readonly List<SplitPicture> _pictures = new(capacity);
    private PerceptualHashes _looks = new(capacity);
    private int[] _byHash = [];

    public int Count => _pictures.Count;
    public Names Labels { get; } = new();
    public Names Groups { get; } = new("");

    public ref SplitPicture this[int index] => ref CollectionsMarshal.AsSpan(_pictures)[index];

    public void Add(in SplitCandidate picture)
    {
        var (label, group) = (Labels.IndexOf(picture.Label), Groups.IndexOf(picture.Group));
        _looks.Add(picture.PerceptualHash);
        _pictures.Add(
            new(ContentHash.Parse(picture.Hash), label, group, Splits.IndexOf(picture.FixedSplit))
            {
                FormerSplit = Splits.IndexOf(picture.FormerSplit),
            }
        );
    }

    /// <returns>Indexes, in an array that was not larger in between.</returns>
    internal int[] Where(Func<SplitPicture, bool> isWanted)
    {
        var indexes = new int[_pictures.Count(isWanted)];
        for (int i = 0, found = 0; found < indexes.Length; i++)
            if (isWanted(this[i]))
                indexes[found++] = i;
        return indexes;
    }

    /// <summary>The indexes of the pictures in the order of their hashes.</summary>
    public int[] ByHash()
    {
        if (_byHash.Length != Count)
        {
            _byHash = [.. Enumerable.Range(0, Count)];
            Array.Sort(_byHash, (one, other) => this[one].Hash.CompareTo(this[other].Hash));
        }
        return _byHash;
    }

    /// <summary>They are needed once: they are not kept, because they take as much as the rest.</summary>
    internal PerceptualHashes TakePerceptualHashes()
    {
        var looks = _looks;
        _looks = new(0);
        return looks;
    }

    /// <summary>In the order of their hashes.</summary>
    public IEnumerable<ManifestEntry> Entries() => ByHash().Select(Entry);

    /// <returns>Each class with its number of pictures, in the order in which they came.</returns>
    public IEnumerable<(string Label, int Count)> Counts() => Counts(_ => true);

    /// <returns>Split → class → pictures. Classes that have none are left out.</returns>
    public Dictionary<string, Dictionary<string, int>> CountsBySplit() =>
        Splits.All.ToDictionary(
            name => name,
            name =>
            {
                var split = Splits.IndexOf(name);
                return Counts(picture => picture.Split == split)
                    .Where(c => c.Count > 0)
                    .OrderBy(c => c.Label, StringComparer.Ordinal)
                    .ToDictionary(c => c.Label, c => c.Count);
            }
        );

    private IEnumerable<(string Label, int Count)> Counts(Func<SplitPicture, bool> isCounted)
    {
        var counts = new int[Labels.Count];
        foreach (var picture in _pictures)
            if (isCounted(picture))
                counts[picture.Label]++;
        return counts.Select((count, label) => (Labels[label], count));
    }

    private ManifestEntry Entry(int index)
    {
        ref var picture = ref this[index];
        return new(picture.Hash.ToString(), Labels[picture.Label], Splits.All[picture.Split], Groups[picture.Group]);
    }
}
