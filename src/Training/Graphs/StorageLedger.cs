namespace GpuGeek.Training.Graphs;

/// <summary>Tracks live storages with reference counts, and their peak size.</summary>
internal sealed class StorageLedger
{
    private readonly Dictionary<int, (long Bytes, int Holders)> _held = [];

    public long Live { get; private set; }
    public long Peak { get; private set; }

    /// <param name="bytes">Size of the whole storage; counted once, however many references it has.</param>
    public int Hold(int storage, long bytes)
    {
        if (_held.TryGetValue(storage, out var held))
            _held[storage] = held with { Holders = held.Holders + 1 };
        else
        {
            _held.Add(storage, (bytes, 1));
            Live += bytes;
            Peak = Math.Max(Peak, Live);
        }
        return storage;
    }

    public void Release(int storage)
    {
        var held = _held[storage];
        if (held.Holders > 1)
        {
            _held[storage] = held with { Holders = held.Holders - 1 };
            return;
        }
        _held.Remove(storage);
        Live -= held.Bytes;
    }
}
