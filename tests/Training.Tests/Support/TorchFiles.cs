using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace GpuGeek.Training.Tests.Support;

/// <summary>Writes pickles and archives like torch.save, and invalid ones.</summary>
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
        if (value is >= 0 and < 256)
            return Op((byte)'K', (byte)value);
        Span<byte> raw = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(raw, value);
        return Op(0x8a, 8).Op(raw.ToArray());
    }

    public Pickle Global(string module, string name) => Op('c').Op(Encoding.Latin1.GetBytes($"{module}\n{name}\n"));

    public Pickle Ints(params long[] values)
    {
        Op('(');
        foreach (var v in values)
            Int(v);
        return Op('t');
    }

    /// <summary>An OrderedDict with its items still to come.</summary>
    public Pickle OpenDict() => Global("collections", "OrderedDict").Op(')').Op('R').Op('(');

    /// <param name="legacy">Before 1.6 a storage was also said to be a part of another one, or None.</param>
    public Pickle Tensor(string key, string storageType, long count, long offset, long[] shape, long[] stride, bool legacy = false)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        Op('(').Text("storage").Global("torch", storageType).Text(key).Text("cpu").Int(count);
        if (legacy)
            Op('N');
        Op('t').Op('Q');
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
            pickle
                .Text(tensors[i].Name)
                .Tensor($"{i}", "FloatStorage", tensors[i].Values.Length, 0, tensors[i].Shape, RowMajor(tensors[i].Shape));
        // _metadata arrives as an attribute of the OrderedDict.
        pickle.Op('u').Op('}').Text("_metadata").OpenDict().Op('u').Op('s').Op('b');
        Zip(
            path,
            pickle.End(),
            [.. tensors.Select(t => System.Runtime.InteropServices.MemoryMarshal.AsBytes(t.Values.AsSpan()).ToArray())]
        );
    }

    private static readonly byte[] Magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];
    private static readonly byte[] Protocol = [0x80, 2, (byte)'M', 0xe9, 3, (byte)'.'];

    /// <summary>The format from before PyTorch 1.6.</summary>
    public static void SaveLegacy(string path, params (string Name, long[] Shape, float[] Values)[] tensors)
    {
        var pickle = new Pickle().OpenDict();
        for (var i = 0; i < tensors.Length; i++)
            pickle
                .Text(tensors[i].Name)
                .Tensor($"{i}", "FloatStorage", tensors[i].Values.Length, 0, tensors[i].Shape, RowMajor(tensors[i].Shape), legacy: true);
        Legacy(path, pickle.Op('u').End(), Machine(little: true), [.. tensors.Select((t, i) => ($"{i}", Bytes(t.Values)))]);
    }

    public static void Legacy(string path, byte[] pickle, byte[] machine, params (string Key, byte[] Floats)[] storages)
    {
        var keys = new Pickle().Op(']').Op('(');
        foreach (var (key, _) in storages)
            keys.Text(key);
        using var file = File.Create(path);
        foreach (var part in new[] { Magic, Protocol, machine, pickle, keys.Op('e').End() })
            file.Write(part);
        foreach (var (_, floats) in storages)
        {
            file.Write(BitConverter.GetBytes(floats.LongLength / sizeof(float)));
            file.Write(floats);
        }
    }

    /// <summary>The machine description in a legacy file.</summary>
    public static byte[] Machine(bool little) =>
        new Pickle()
            .Op('}')
            .Op('(')
            .Text("protocol_version")
            .Op((byte)'M', 0xe9, 3)
            .Text("little_endian")
            .Op((byte)(little ? 0x88 : 0x89))
            .Op('u')
            .End();

    public static void Safetensors(string path, string header, byte[] numbers, ulong? length = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        using var file = File.Create(path);
        file.Write(BitConverter.GetBytes(length ?? (ulong)json.Length));
        file.Write(json);
        file.Write(numbers);
    }

    public static byte[] Bytes(params float[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    public static void Zip(string path, byte[] pickle, params byte[][] storages)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        Add(zip, "archive/data.pkl", pickle);
        Add(zip, "archive/byteorder", "little"u8.ToArray());
        for (var i = 0; i < storages.Length; i++)
            Add(zip, $"archive/data/{i}", storages[i]);
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
        for (var d = shape.Length - 1; d >= 0; d--)
            (stride[d], next) = (next, next * shape[d]);
        return stride;
    }
}
