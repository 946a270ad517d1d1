using System.Buffers.Binary;
using System.Text.Json;

namespace GpuGeek.Training.Weights;

/// <summary>
/// Reads safetensors (an eight-byte header length, a JSON header, raw little-endian numbers) as strictly as the reference reader: offsets
/// in the header cover the data without gaps and overlaps, no key occurs twice, and the size matches shape and type. Our checkpoints and
/// <c>weights.bin</c> use this format.
/// </summary>
internal static class SafetensorsFile
{
    /// <summary>Twenty thousand tensors need three megabytes. The format allows a hundred, which would take a gigabyte to
    /// parse.</summary>
    private const int MaxHeader = 16 << 20;
    private const int MaxTensors = 20_000;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    private sealed record Entry(string Name, StorageType Type, long[] Shape, long Start, long End);

    /// <exception cref="WeightsException">The file is invalid.</exception>
    public static WeightsFile Read(FileStream file)
    {
        var header = Header(file);
        var entries = Parse(header);
        CheckCovered(entries, file.Length - 8 - header.Length);
        var budget = new NumberBudget(file.Length);
        var tensors = StateTable.ByPlainName(entries.Select(entry => (entry.Name, Tensor(file, entry, budget))));
        return tensors.Count == 0
            ? throw WeightsException.Unsupported("without a tensor")
            : new WeightsFile(WeightsFormats.Safetensors, tensors, StorageNumbers.Names(entries.Select(entry => entry.Type)));
    }

    private static byte[] Header(FileStream file)
    {
        Span<byte> raw = stackalloc byte[8];
        file.ReadExactly(raw);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(raw);
        if (length > MaxHeader)
            throw WeightsException.Refused("its header is larger than 16 MB");
        if (length > (ulong)(file.Length - 8))
            throw WeightsException.Unreadable("its header is longer than the file");
        var header = new byte[length];
        file.ReadExactly(header);
        return header;
    }

    private static Entry[] Parse(byte[] header)
    {
        try
        {
            using var json = JsonDocument.Parse(header, Strict);
            if (json.RootElement.GetPropertyCount() > MaxTensors)
                throw WeightsException.Refused("it has far too many tensors");
            return
            [
                .. json
                    .RootElement.EnumerateObject()
                    .Where(property => property.Name != "__metadata__")
                    .Select(ToEntry)
                    .OrderBy(entry => entry.Start)
                    .ThenBy(entry => entry.End),
            ];
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            // A JsonElement throws the last three if it is of another kind, or out of range.
            throw WeightsException.Unreadable("its header is not JSON that describes tensors, or has a name twice");
        }
    }

    private static Entry ToEntry(JsonProperty property)
    {
        var (name, tensor) = (property.Name, property.Value);
        if (name.Length > 4096)
            throw WeightsException.Refused("a name in it is far too long");
        long[] offsets = [.. tensor.GetProperty("data_offsets").EnumerateArray().Take(3).Select(offset => offset.GetInt64())];
        // One dimension more than allowed, so that the limit is detected and the list stays short.
        long[] shape = [.. tensor.GetProperty("shape").EnumerateArray().Take(9).Select(side => side.GetInt64())];
        return offsets is [>= 0, var end] && end >= offsets[0] && end - offsets[0] <= Array.MaxLength
            ? new Entry(name, Type(tensor.GetProperty("dtype").GetString()), shape, offsets[0], end)
            : throw WeightsException.Unreadable($"the data of '{name}' cannot be where the header says");
    }

    private static StorageType Type(string? name) =>
        name switch
        {
            "F64" => StorageType.Double,
            "F32" => StorageType.Float,
            "F16" => StorageType.Half,
            "BF16" => StorageType.BFloat16,
            "I64" => StorageType.Long,
            "I32" => StorageType.Int,
            "I16" => StorageType.Short,
            "I8" => StorageType.Char,
            "U8" => StorageType.Byte,
            "BOOL" => StorageType.Bool,
            _ => throw WeightsException.Unsupported("of a type other than float, bfloat16, integer or bool"),
        };

    private static void CheckCovered(Entry[] entries, long length)
    {
        long at = 0;
        foreach (var entry in entries)
        {
            if (entry.Start != at)
                throw WeightsException.Refused($"the data of '{entry.Name}' overlap other data, or follow a gap");
            at = entry.End;
        }
        if (at != length)
            throw at > length
                ? WeightsException.Unreadable("it is truncated")
                : WeightsException.Refused("there is data after its last tensor");
    }

    private static LoadedTensor Tensor(FileStream file, Entry entry, NumberBudget budget)
    {
        var values = new float[budget.Take(entry.Shape, entry.Name)];
        var bytes = new byte[entry.End - entry.Start];
        if ((long)values.Length * StorageNumbers.Size(entry.Type) != bytes.Length)
            throw WeightsException.Unreadable($"the size of '{entry.Name}' does not match its data");
        // In the order of the file, without gaps.
        file.ReadExactly(bytes);
        var whole = new PickleTensor(new PickleStorage(entry.Type, entry.Name, values.Length), 0, [values.Length], [1]);
        StorageNumbers.Copy(bytes, entry.Type, whole, values);
        return values.AsSpan().HasNonFinite() ? throw WeightsException.NotFinite(entry.Name) : new LoadedTensor(entry.Shape, values);
    }
}
