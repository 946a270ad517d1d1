namespace GpuGeek.Domain.Datasets;

/// <summary>Names of classes or groups: a million pictures name a few, of which each is kept once.</summary>
public sealed class Names(params string[] first)
{
    private readonly List<string> _names = [.. first];
    private readonly Dictionary<string, int> _indexes = first.Select((name, i) => (name, i)).ToDictionary(StringComparer.Ordinal);

    public int Count => _names.Count;

    public string this[int index] => _names[index];

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<string> All => _names;

    public int IndexOf(string name)
    {
        if (_indexes.TryGetValue(name, out var index))
            return index;
        _indexes.Add(name, _names.Count);
        _names.Add(name);
        return _names.Count - 1;
    }
}
