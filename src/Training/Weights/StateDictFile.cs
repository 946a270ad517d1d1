using System.IO.Compression;

namespace GpuGeek.Training.Weights;

/// <summary>
/// Reads a PyTorch state_dict (<c>torch.save</c> since 1.6: a ZIP of <c>data.pkl</c> and raw storages) and nothing else. A file from a stranger is read
/// safely: see <see cref="SafePickle"/>; the archive must be plain (stored, no duplicate, checksums right).
/// </summary>
internal static class StateDictFile
{
    private const int MaxEntries = 20_000, MaxPickle = 32 << 20;

    /// <exception cref="WeightsException">Anything is wrong with the file.</exception>
    public static WeightsFile Read(FileStream file)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        var entries = Entries(zip);
        var table = StateTable.Tensors(SafePickle.Read(StoredEntry.Read(entries["data.pkl"], MaxPickle)));
        var tensors = TensorView.GatherAll(table, new NumberBudget(file.Length), storage => Storage(storage, entries));
        return new WeightsFile(WeightsFormats.PyTorch, tensors, StorageNumbers.Names(table.Values.Select(tensor => tensor.Storage.Type)));
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

    private static byte[] Storage(PickleStorage storage, Dictionary<string, ZipArchiveEntry> entries)
    {
        if (!entries.TryGetValue("data/" + storage.Key, out var entry)) throw WeightsException.Unreadable("the numbers of a tensor are missing");
        if (storage.Count < 0 || UInt128.CreateChecked(storage.Count) * (uint)StorageNumbers.Size(storage.Type) != (ulong)entry.Length) throw WeightsException.Unreadable("a tensor's size is not that of its numbers");
        return StoredEntry.Read(entry, int.MaxValue);
    }
}
