namespace GpuGeek.Training.Weights;

/// <summary>Finds the named tensors in a PyTorch pickle: a state_dict, or a checkpoint that contains one.</summary>
internal static class StateTable
{
    // Averaged weights come first: a training that has both is evaluated with them.
    private static readonly string[] Wrappers =
    [
        "state_dict_ema",
        "model_ema",
        "ema",
        "model_ema_state_dict",
        "ema_state_dict",
        "state_dict",
        "model_state_dict",
        "model",
        "module",
        "net",
        "network",
        "weights",
    ];
    private static readonly string[] Prefixes = ["module.", "_orig_mod."];

    /// <summary>Names that training frameworks give to their single network: removed if every name has the prefix.</summary>
    private static readonly string[] Holders = ["model.", "net.", "network.", "backbone."];
    private const int MaxWrappers = 4;

    /// <exception cref="WeightsException">There is no such table, or two of its names become equal.</exception>
    public static Dictionary<string, PickleTensor> Tensors(object? root)
    {
        var table = root as Dictionary<string, object?> ?? throw WeightsException.Unsupported("not a dictionary of tensors");
        for (var depth = 0; depth < MaxWrappers && Inner(table) is { } inner; depth++)
            table = inner;
        // The counter of torch's averaged model.
        var tensors = ByPlainName(
            table
                .Where(pair => pair.Key != "n_averaged")
                .Select(pair => (pair.Key, pair.Value as PickleTensor))
                .Where(pair => pair.Item2 is not null)
                .Select(pair => (pair.Key, pair.Item2!))
        );
        return tensors.Count > 0 ? tensors : throw WeightsException.Unsupported("a dictionary without tensors");
    }

    /// <summary>Removes prefixes of wrappers for parallel, averaged or compiled execution, and those of the whole network.</summary>
    /// <exception cref="WeightsException">Two names become equal.</exception>
    public static Dictionary<string, T> ByPlainName<T>(IEnumerable<(string Key, T Tensor)> named)
    {
        (string Name, T Tensor)[] all = [.. named.Select(pair => (Plain(pair.Key), pair.Tensor))];
        var holder = Array.Find(Holders, holder => all.All(pair => pair.Name.StartsWith(holder, StringComparison.Ordinal))) ?? "";
        var tensors = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (name, tensor) in all)
            if (!tensors.TryAdd(Plain(name[holder.Length..]), tensor))
                throw WeightsException.Refused($"it has '{name}' twice, with a prefix and without");
        return tensors;
    }

    private static string Plain(string key)
    {
        while (Array.Find(Prefixes, prefix => key.StartsWith(prefix, StringComparison.Ordinal)) is { } found)
            key = key[found.Length..];
        return key;
    }

    private static Dictionary<string, object?>? Inner(Dictionary<string, object?> table) =>
        table.Values.Any(value => value is PickleTensor)
            ? null
            : Wrappers
                .Select(wrapper => table.GetValueOrDefault(wrapper))
                .OfType<Dictionary<string, object?>>()
                .FirstOrDefault(inner => inner.Count > 0);
}
