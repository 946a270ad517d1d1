using System.Runtime.InteropServices;
using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Data;

/// <summary>Embeddings by picture and view, appended to one file: 32 bytes of the picture's hash, one of the view, then the numbers. An
/// incomplete record of a killed process is cut off when the file is opened.</summary>
internal sealed class EmbeddingCache : IDisposable
{
    private const int KeyBytes = 33;
    private readonly FileStream _file;
    private readonly DiskRoom _room;
    private readonly int _width;
    private bool _full;
    private readonly Dictionary<(string Hash, PictureView View), float[]> _known = [];

    /// <param name="path">Depends on the network and preprocessing that computed the numbers: another network needs another file.</param>
    /// <param name="width">Size of one embedding.</param>
    public EmbeddingCache(string path, int width, DiskRoom room)
    {
        (_width, _room) = (width, room);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        var record = new byte[KeyBytes + width * sizeof(float)];
        _file.SetLength(_file.Length / record.Length * record.Length);
        while (_file.Position < _file.Length)
        {
            _file.ReadExactly(record);
            var key = (Convert.ToHexStringLower(record.AsSpan(0, KeyBytes - 1)), (PictureView)record[KeyBytes - 1]);
            _known[key] = MemoryMarshal.Cast<byte, float>(record.AsSpan(KeyBytes)).ToArray();
        }
    }

    public bool Has(string hash, PictureView view) => _known.ContainsKey((hash, view));

    public float[] this[string hash, PictureView view] => _known[(hash, view)];

    /// <param name="hash">64 hex digits.</param>
    public void Add(string hash, PictureView view, ReadOnlySpan<float> embedding)
    {
        if (embedding.Length != _width)
            throw new ArgumentException($"An embedding has {_width} numbers, not {embedding.Length}.", nameof(embedding));
        if (!_known.TryAdd((hash, view), embedding.ToArray()))
            return;
        byte[] record = [.. Convert.FromHexString(hash), (byte)view, .. MemoryMarshal.AsBytes(embedding)];
        // An embedding that does not fit on the disk is only kept in memory and computed again after a restart. An incomplete record
        // would shift the following ones, so nothing is written after the first failure.
        _full = _full || !_room.TryWrite(record.Length, () => _file.Write(record));
    }

    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();
}
