using System.Runtime.InteropServices;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Data;

/// <summary>Embeddings by picture and view, appended to an <see cref="EmbeddingFile"/>. An incomplete record of a killed process is cut off
/// when the file is opened.</summary>
internal sealed class EmbeddingCache : IDisposable
{
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
        foreach (var record in EmbeddingFile.Read(_file))
        {
            if (record.Vector.Length != width * sizeof(float))
                throw new InvalidDataException($"{path} has embeddings of {record.Vector.Length / sizeof(float)} numbers, not {width}.");
            _known[(Convert.ToHexStringLower(record.Picture), (PictureView)record.View)] = MemoryMarshal
                .Cast<byte, float>(record.Vector)
                .ToArray();
        }
        _file.SetLength(_file.Position);
        if (_file.Length == 0)
            Write(EmbeddingFile.Header(width));
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
        Write(EmbeddingFile.Bytes(new(Convert.FromHexString(hash), (byte)view, MemoryMarshal.AsBytes(embedding).ToArray())));
    }

    // An embedding that does not fit on the disk is only kept in memory and computed again after a restart. An incomplete record would
    // shift the following ones, so nothing is written after the first failure.
    private void Write(byte[] bytes) => _full = _full || !_room.TryWrite(bytes.Length, () => _file.Write(bytes));

    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();
}
