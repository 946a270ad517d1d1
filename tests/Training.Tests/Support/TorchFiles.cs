using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace GpuGeek.Training.Tests.Support;

/// <summary>Writes the pickles and archives that torch.save writes, and those it never would.</summary>
internal sealed class Pickle
{
    private readonly List<byte> _bytes = [0x80, 2];

    public Pickle Op(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public Pickle Op(char code) => Op((byte)code);

    public Pickle Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Op('X').Op(length.ToArray()).Op(utf8);
    }

    public Pickle Int(long value)
    {
        if (value is >= 0 and < 256) return Op((byte)'K', (byte)value);
        Span<byte> raw = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(raw, value);
        return Op(0x8a, 8).Op(raw.ToArray());
    }

    public Pickle Global(string module, string name) => Op('c').Op(Encoding.Latin1.GetBytes($"{module}\n{name}\n"));

    public Pickle Ints(params long[] values)
    {
        Op('(');
        foreach (var v in values) Int(v);
        return Op('t');
    }

    /// <summary>An OrderedDict with its items still to come.</summary>
    public Pickle OpenDict() => Global("collections", "OrderedDict").Op(')').Op('R').Op('(');

    public Pickle Tensor(string key, string storageType, long count, long offset, long[] shape, long[] stride)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        Op('(').Text("storage").Global("torch", storageType).Text(key).Text("cpu").Int(count).Op('t').Op('Q');
        Int(offset).Ints(shape).Ints(stride).Op(0x89);
        return OpenDict().Op('u').Op('t').Op('R');
    }

    public byte[] End() => [.. _bytes, (byte)'.'];
}

internal static class TorchFiles
{
    /// <summary>A state_dict of one float tensor each, as torch.save lays it out.</summary>
    public static void Save(string path, params (string Name, long[] Shape, float[] Values)[] tensors)
    {
        var pickle = new Pickle().OpenDict();
        for (var i = 0; i < tensors.Length; i++)
            pickle.Text(tensors[i].Name).Tensor($"{i}", "FloatStorage", tensors[i].Values.Length, 0, tensors[i].Shape, RowMajor(tensors[i].Shape));
        // _metadata arrives as an attribute of the OrderedDict.
        pickle.Op('u').Op('}').Text("_metadata").OpenDict().Op('u').Op('s').Op('b');
        Zip(path, pickle.End(), [.. tensors.Select(t => System.Runtime.InteropServices.MemoryMarshal.AsBytes(t.Values.AsSpan()).ToArray())]);
    }

    public static void Zip(string path, byte[] pickle, params byte[][] storages)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        Add(zip, "archive/data.pkl", pickle);
        Add(zip, "archive/byteorder", "little"u8.ToArray());
        for (var i = 0; i < storages.Length; i++) Add(zip, $"archive/data/{i}", storages[i]);
        Add(zip, "archive/version", "3\n"u8.ToArray());
    }

    public static void Add(ZipArchive zip, string name, byte[] bytes, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var entry = zip.CreateEntry(name, level).Open();
        entry.Write(bytes);
    }

    public static long[] RowMajor(long[] shape)
    {
        var stride = new long[shape.Length];
        long next = 1;
        for (var d = shape.Length - 1; d >= 0; d--) (stride[d], next) = (next, next * shape[d]);
        return stride;
    }
}
