using System.Runtime.InteropServices;

namespace GpuGeek.Training.Data;

/// <summary>Embeddings by picture, appended to one file: 32 bytes of the picture's hash, then the numbers. A record torn by a kill is cut off when the file is opened.</summary>
internal sealed class EmbeddingCache : IDisposable
{
    private readonly FileStream _file;
    private readonly int _width;
    private readonly Dictionary<string, float[]> _known = new(StringComparer.Ordinal);

    /// <param name="path">Names the network and preprocessing that made the numbers: another network needs another file.</param>
    /// <param name="width">Numbers of one embedding.</param>
    public EmbeddingCache(string path, int width)
    {
        _width = width;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
        var record = new byte[HashBytes + width * sizeof(float)];
        _file.SetLength(_file.Length / record.Length * record.Length);
        while (_file.Position < _file.Length)
        {
            _file.ReadExactly(record);
            _known[Convert.ToHexStringLower(record.AsSpan(0, HashBytes))] = MemoryMarshal.Cast<byte, float>(record.AsSpan(HashBytes)).ToArray();
        }
    }

    private const int HashBytes = 32;

    public bool Has(string hash) => _known.ContainsKey(hash);

    public float[] this[string hash] => _known[hash];

    /// <param name="hash">64 hex digits.</param>
    public void Add(string hash, ReadOnlySpan<float> embedding)
    {
        if (embedding.Length != _width) throw new ArgumentException($"An embedding has {_width} numbers, not {embedding.Length}.", nameof(embedding));
        if (!_known.TryAdd(hash, embedding.ToArray())) return;
        _file.Write(Convert.FromHexString(hash));
        _file.Write(MemoryMarshal.AsBytes(embedding));
    }

    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();
}
