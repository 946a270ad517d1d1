namespace GpuGeek.Training.Weights;

/// <summary>A name that a pickle refers to; only those in <see cref="AllowedGlobals"/> can exist.</summary>
internal sealed record PickleGlobal(string Module, string Name);

/// <summary>A reference to raw numbers: the storage's type, key, and count of elements.</summary>
internal sealed record PickleStorage(StorageType Type, string Key, long Count);

/// <summary>A view into a storage.</summary>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Stride);

internal enum StorageType
{
    Float,
    Double,
    Half,
    BFloat16,
    Long,
    Int,
    Short,
    Char,
    Byte,
    Bool,
}

/// <summary>The only names that a weights file may contain: an allow-list, since a block-list of Python's standard library would never be
/// complete.</summary>
internal static class AllowedGlobals
{
    public static readonly PickleGlobal OrderedDict = new("collections", "OrderedDict");
    public static readonly PickleGlobal RebuildTensor = new("torch._utils", "_rebuild_tensor_v2");

    /// <summary>As written by PyTorch before 0.4.</summary>
    public static readonly PickleGlobal RebuildOldTensor = new("torch._utils", "_rebuild_tensor");
    public static readonly PickleGlobal RebuildParameter = new("torch._utils", "_rebuild_parameter");

    private static readonly HashSet<PickleGlobal> All =
    [
        OrderedDict,
        RebuildTensor,
        RebuildOldTensor,
        RebuildParameter,
        .. Enum.GetNames<StorageType>().Select(type => new PickleGlobal("torch", $"{type}Storage")),
    ];

    public static PickleGlobal Find(string module, string name)
    {
        var global = new PickleGlobal(module, name);
        return All.Contains(global)
            ? global
            : throw WeightsException.Refused($"it names '{Printable(module)}.{Printable(name)}', which no weights file needs");
    }

    public static StorageType StorageOf(PickleGlobal global) =>
        global is { Module: "torch" }
        && global.Name.EndsWith("Storage", StringComparison.Ordinal)
        && Enum.TryParse<StorageType>(global.Name[..^"Storage".Length], out var type)
            ? type
            : throw WeightsException.Refused("a storage has no type");

    private static string Printable(string text) =>
        new([.. text.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '?')]);
}
