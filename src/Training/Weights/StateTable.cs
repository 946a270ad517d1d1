namespace GpuGeek.Training.Weights;

/// <summary>Finds the tensors by name in what a pickle of PyTorch holds: a state_dict, or a checkpoint with one inside.</summary>
internal static class StateTable
{
    // Averaged weights come first, since they are what a training that has both is judged by.
    private static readonly string[] Wrappers = ["state_dict_ema", "model_ema", "ema", "model_ema_state_dict", "ema_state_dict", "state_dict", "model_state_dict", "model", "module", "net", "network", "weights"];
    private static readonly string[] Prefixes = ["module.", "_orig_mod."];
    private const int MaxWrappers = 4;

    /// <exception cref="WeightsException">There is no such table, or two of its names become one.</exception>
    public static Dictionary<string, PickleTensor> Tensors(object? root)
    {
        var table = root as Dictionary<string, object?> ?? throw WeightsException.Unsupported("no dictionary of tensors");
        for (var depth = 0; depth < MaxWrappers && Inner(table) is { } inner; depth++) table = inner;
        var tensors = new Dictionary<string, PickleTensor>(StringComparer.Ordinal);
        foreach (var (key, value) in table)
            if (value is PickleTensor tensor && key != "n_averaged" && !tensors.TryAdd(Plain(key), tensor))
                throw WeightsException.Refused($"it names '{Plain(key)}' twice, with a prefix and without");
        return tensors.Count > 0 ? tensors : throw WeightsException.Unsupported("a dictionary without tensors");
    }

    /// <summary>A name without what wrappers for parallel, averaged or compiled execution put before it.</summary>
    public static string Plain(string key)
    {
        while (Array.Find(Prefixes, prefix => key.StartsWith(prefix, StringComparison.Ordinal)) is { } found) key = key[found.Length..];
        return key;
    }

    private static Dictionary<string, object?>? Inner(Dictionary<string, object?> table) =>
        table.Values.Any(value => value is PickleTensor) ? null
        : Wrappers.Select(wrapper => table.GetValueOrDefault(wrapper)).OfType<Dictionary<string, object?>>().FirstOrDefault(inner => inner.Count > 0);
}
