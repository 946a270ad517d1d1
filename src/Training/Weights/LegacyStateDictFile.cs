using System.Buffers.Binary;
using System.Numerics;

namespace GpuGeek.Training.Weights;

/// <summary>
/// Reads a state_dict written by <c>torch.save</c> before 1.6 (and later on request): five pickles in sequence (a magic number, the
/// protocol, facts about the machine, the table, the keys of the storages), and then for each key the number of its elements in eight
/// bytes and the raw numbers. Each pickle is read by <see cref="SafePickle"/>.
/// </summary>
internal static class LegacyStateDictFile
{
    private const int MaxPickles = 32 << 20;
    private const long Protocol = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse(
        "1950a86a20f9469cfc6c",
        System.Globalization.NumberStyles.HexNumber,
        System.Globalization.CultureInfo.InvariantCulture
    );

    /// <exception cref="WeightsException">The file is invalid.</exception>
    public static WeightsFile Read(FileStream file)
    {
        var bytes = new byte[(int)Math.Min(file.Length, MaxPickles)];
        file.ReadExactly(bytes);
        var at = 0;
        CheckHead(bytes, ref at);
        var root = SafePickle.Next(bytes, ref at, out var storages);
        var keys = SafePickle.Next(bytes, ref at) as List<object?> ?? throw WeightsException.Unreadable("it has no list of storages");
        file.Position = at;
        return Collect(file, StateTable.Tensors(root), storages, keys);
    }

    private static void CheckHead(byte[] bytes, ref int at)
    {
        if (SafePickle.Next(bytes, ref at) is not BigInteger magic || magic != Magic)
            throw WeightsException.Unsupported("a pickle, but not a PyTorch file");
        if (SafePickle.Next(bytes, ref at) is not Protocol)
            throw WeightsException.Unsupported("in an unknown PyTorch protocol version");
        var machine =
            SafePickle.Next(bytes, ref at) as Dictionary<string, object?>
            ?? throw WeightsException.Unreadable("it does not name the byte order of the machine that wrote it");
        if (machine.GetValueOrDefault("little_endian") is not true)
            throw WeightsException.Unsupported("written on a big-endian machine");
    }

    private static WeightsFile Collect(
        FileStream file,
        Dictionary<string, PickleTensor> table,
        IReadOnlyDictionary<string, PickleStorage> storages,
        List<object?> keys
    )
    {
        var left = table
            .GroupBy(pair => pair.Value.Storage.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
        var budget = new NumberBudget(file.Length);
        var loaded = new Dictionary<string, LoadedTensor>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (key is not string name || !storages.TryGetValue(name, out var storage) || !seen.Add(name))
                throw WeightsException.Unreadable("it has storages twice, or storages that belong to no tensor");
            var bytes = CheckedSize(file, storage);
            // Other storages of a checkpoint, mainly an optimizer's state, are skipped.
            if (!left.Remove(name, out var tensors))
                file.Position += bytes;
            else
                foreach (var (tensor, values) in TensorView.GatherAll(tensors, budget, _ => Raw(file, bytes)))
                    loaded[tensor] = values;
        }
        if (left.Count > 0)
            throw WeightsException.Unreadable("the data of a tensor are missing");
        if (file.Position != file.Length)
            throw WeightsException.Refused("there is data after its last storage");
        return new WeightsFile(
            WeightsFormats.PyTorchLegacy,
            loaded,
            StorageNumbers.Names(table.Values.Select(tensor => tensor.Storage.Type))
        );
    }

    private static long CheckedSize(FileStream file, PickleStorage storage)
    {
        Span<byte> raw = stackalloc byte[8];
        file.ReadExactly(raw);
        var bytes = (Int128)storage.Count * StorageNumbers.Size(storage.Type);
        if (BinaryPrimitives.ReadInt64LittleEndian(raw) != storage.Count || bytes < 0 || bytes > file.Length - file.Position)
            throw WeightsException.Unreadable("a tensor's size does not match its data");
        return (long)bytes;
    }

    private static byte[] Raw(FileStream file, long length)
    {
        if (length > Array.MaxLength)
            throw WeightsException.Refused("a tensor in it is larger than 2 GB");
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
