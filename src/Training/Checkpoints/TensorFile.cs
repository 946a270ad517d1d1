using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace GpuGeek.Training.Checkpoints;

/// <summary>Named float32 vectors in one file, in the safetensors layout (8-byte header length, JSON header, raw little-endian numbers):
/// other tools can open it.</summary>
internal static class TensorFile
{
    private const int MaxHeader = 100_000_000;

    private sealed record Entry(string Dtype, long[] Shape, long[] DataOffsets);

    public static void Write(string path, IEnumerable<NamedTensor> tensors)
    {
        var all = tensors.ToArray();
        var header = new Dictionary<string, Entry>(StringComparer.Ordinal);
        long offset = 0;
        foreach (var t in all)
        {
            var end = offset + t.Values.LongLength * sizeof(float);
            header.Add(t.Name, new Entry("F32", t.Shape, [offset, end]));
            offset = end;
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header, JsonNaming);
        DurableFiles.Write(
            path,
            file =>
            {
                Span<byte> length = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
                file.Write(length);
                file.Write(json);
                foreach (var t in all)
                    file.Write(MemoryMarshal.AsBytes<float>(t.Values));
            }
        );
    }

    /// <exception cref="InvalidDataException">The file is not whole.</exception>
    public static Dictionary<string, NamedTensor> Read(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (headerLength is < 2 or > MaxHeader || headerLength > file.Length - 8)
            throw new InvalidDataException($"{Path.GetFileName(path)} has no header.");
        var json = new byte[headerLength];
        file.ReadExactly(json);
        var header =
            JsonSerializer.Deserialize<Dictionary<string, Entry>>(json, JsonNaming)
            ?? throw new InvalidDataException($"{Path.GetFileName(path)} has no header.");
        var tensors = new Dictionary<string, NamedTensor>(StringComparer.Ordinal);
        foreach (var (name, entry) in header)
        {
            var values = new float[entry.Shape.Aggregate(1L, (a, b) => checked(a * b))];
            if (entry.DataOffsets[1] - entry.DataOffsets[0] != values.LongLength * sizeof(float))
                throw new InvalidDataException($"{Path.GetFileName(path)}: '{name}' has another size.");
            file.Position = 8 + headerLength + entry.DataOffsets[0];
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            tensors.Add(name, new NamedTensor(name, entry.Shape, values));
        }
        return tensors;
    }

    private static readonly JsonSerializerOptions JsonNaming = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}

/// <param name="Values">Row-major.</param>
internal sealed record NamedTensor(string Name, long[] Shape, float[] Values);
