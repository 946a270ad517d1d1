namespace GpuGeek.Training.Weights;

/// <summary>
/// Reads a PyTorch state_dict (<c>torch.save</c> since 1.6: a ZIP of <c>data.pkl</c> and raw storages) and nothing else. An untrusted
/// file is read safely: see <see cref="SafePickle"/> and <see cref="StrictZip"/>.
/// </summary>
internal static class StateDictFile
{
    private const int MaxPickle = 32 << 20;

    /// <exception cref="WeightsException">The file is invalid.</exception>
    public static WeightsFile Read(FileStream file)
    {
        var entries = ByName(StrictZip.Entries(file));
        if (entries.TryGetValue("byteorder", out var order) && !order.Read(file, 16).AsSpan().SequenceEqual("little"u8))
            throw WeightsException.Unsupported("written on a big-endian machine");
        var table = StateTable.Tensors(SafePickle.Read(entries["data.pkl"].Read(file, MaxPickle)));
        var tensors = TensorView.GatherAll(table, new NumberBudget(file.Length), storage => Storage(file, storage, entries));
        return new WeightsFile(WeightsFormats.PyTorch, tensors, StorageNumbers.Names(table.Values.Select(tensor => tensor.Storage.Type)));
    }

    /// <summary>Entries by their name inside the archive's one folder.</summary>
    private static Dictionary<string, StoredEntry> ByName(StoredEntry[] all)
    {
        var folder = all[0].Name.Split('/')[0] + "/";
        var entries = new Dictionary<string, StoredEntry>(StringComparer.Ordinal);
        foreach (var entry in all)
        {
            if (!entry.Name.StartsWith(folder, StringComparison.Ordinal))
                throw WeightsException.Refused("its archive has more than one folder");
            var name = entry.Name[folder.Length..];
            if (name.StartsWith("code/", StringComparison.Ordinal) || name == "constants.pkl")
                throw WeightsException.Unsupported("a TorchScript program");
            if (!entries.TryAdd(name, entry))
                throw WeightsException.Refused("its archive has an entry name twice");
        }
        return entries.ContainsKey("data.pkl") ? entries : throw WeightsException.Unsupported("a ZIP archive, but not a PyTorch file");
    }

    private static byte[] Storage(FileStream file, PickleStorage storage, Dictionary<string, StoredEntry> entries)
    {
        if (!entries.TryGetValue("data/" + storage.Key, out var entry))
            throw WeightsException.Unreadable("the data of a tensor are missing");
        if (storage.Count < 0 || (Int128)storage.Count * StorageNumbers.Size(storage.Type) != entry.Length)
            throw WeightsException.Unreadable("a tensor's size does not match its data");
        return entry.Read(file, int.MaxValue);
    }
}
