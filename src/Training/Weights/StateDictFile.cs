using System.IO.Compression;

namespace GpuGeek.Training.Weights;

/// <summary>A tensor of a weights file, row-major, whatever its type in the file was.</summary>
internal sealed record LoadedTensor(long[] Shape, float[] Values);

/// <summary>
/// Reads a PyTorch state_dict (<c>torch.save</c> since 1.6: a ZIP of <c>data.pkl</c> and raw storages) and nothing else. A file from a stranger is read
/// safely: see <see cref="SafePickle"/>; the archive must be plain (stored, no duplicate, checksums right).
/// </summary>
internal static class StateDictFile
{
    private const long MaxBytes = 4L << 30;
    private const int MaxEntries = 20_000, MaxPickle = 32 << 20;

    /// <returns>Tensors by key, without a <c>module.</c> prefix.</returns>
    /// <exception cref="WeightsException">Anything is wrong with the file.</exception>
    public static Dictionary<string, LoadedTensor> Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            CheckFormat(file);
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            var entries = Entries(zip);
            return Collect(SafePickle.Read(StoredEntry.Read(entries["data.pkl"], MaxPickle)), entries);
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException)
        {
            throw WeightsException.Unreadable("its archive is cut short or broken");
        }
    }

    private static void CheckFormat(FileStream file)
    {
        if (file.Length > MaxBytes) throw WeightsException.Unsupported("larger than 4 GB");
        Span<byte> head = stackalloc byte[4];
        if (file.ReadAtLeast(head, 4, throwOnEndOfStream: false) < 4 || !head.SequenceEqual("PK\u0003\u0004"u8))
            throw WeightsException.Unsupported("in PyTorch's format from before 1.6, or no PyTorch file at all");
        file.Position = 0;
    }

    /// <summary>Entries by their name inside the archive's one folder.</summary>
    private static Dictionary<string, ZipArchiveEntry> Entries(ZipArchive zip)
    {
        if (zip.Entries.Count is 0 or > MaxEntries) throw WeightsException.Refused("its archive has no entries, or far too many");
        var folder = zip.Entries[0].FullName.Split('/')[0] + "/";
        var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            if (!entry.FullName.StartsWith(folder, StringComparison.Ordinal)) throw WeightsException.Refused("its archive has more than one folder");
            if (entry.IsEncrypted || entry.Length != entry.CompressedLength) throw WeightsException.Refused("its archive is compressed or encrypted, which PyTorch's never is");
            var name = entry.FullName[folder.Length..];
            if (name.StartsWith("code/", StringComparison.Ordinal) || name == "constants.pkl") throw WeightsException.Unsupported("a TorchScript program");
            if (!entries.TryAdd(name, entry)) throw WeightsException.Refused("its archive names an entry twice");
        }
        if (!entries.ContainsKey("data.pkl")) throw WeightsException.Unsupported("a ZIP archive, but no PyTorch file");
        if (entries.TryGetValue("byteorder", out var order) && !StoredEntry.Read(order, 16).AsSpan().SequenceEqual("little"u8)) throw WeightsException.Unsupported("written on a big-endian machine");
        return entries;
    }

    private static Dictionary<string, LoadedTensor> Collect(object? root, Dictionary<string, ZipArchiveEntry> entries)
    {
        var table = root as Dictionary<string, object?> ?? throw WeightsException.Unsupported("no dictionary of tensors");
        foreach (var wrapper in new[] { "state_dict", "model_state_dict", "model" })
            if (table.GetValueOrDefault(wrapper) is Dictionary<string, object?> inner) { table = inner; break; }
        var storages = new Dictionary<string, float[]>(StringComparer.Ordinal);
        var tensors = new Dictionary<string, LoadedTensor>(StringComparer.Ordinal);
        foreach (var (key, value) in table)
        {
            if (value is not PickleTensor tensor) continue;
            var name = key.StartsWith("module.", StringComparison.Ordinal) ? key["module.".Length..] : key;
            if (!storages.TryGetValue(tensor.Storage.Key, out var storage)) storages[tensor.Storage.Key] = storage = Storage(tensor.Storage, entries);
            var values = TensorView.Gather(tensor, storage, name);
            if (!values.AsSpan().HasNonFinite()) tensors[name] = new LoadedTensor(tensor.Shape, values);
            else throw new WeightsException("weights_not_finite", $"'{name}' in the weights file holds a number that is not finite.", "The training that wrote it diverged: take an earlier one.");
        }
        return tensors.Count > 0 ? tensors : throw WeightsException.Unsupported("a dictionary without tensors");
    }

    private static float[] Storage(PickleStorage storage, Dictionary<string, ZipArchiveEntry> entries)
    {
        if (!entries.TryGetValue("data/" + storage.Key, out var entry)) throw WeightsException.Unreadable("the numbers of a tensor are missing");
        if (storage.Count < 0 || UInt128.CreateChecked(storage.Count) * (uint)StorageNumbers.Size(storage.Type) != (ulong)entry.Length) throw WeightsException.Unreadable("a tensor's size is not that of its numbers");
        return StorageNumbers.ToFloats(StoredEntry.Read(entry, int.MaxValue), storage.Type);
    }
}
