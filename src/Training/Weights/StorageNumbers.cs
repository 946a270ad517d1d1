using System.Runtime.InteropServices;

namespace GpuGeek.Training.Weights;

/// <summary>Converts raw little-endian numbers of every supported type to floats.</summary>
internal static class StorageNumbers
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(StorageType type) =>
        type switch
        {
            StorageType.Double or StorageType.Long => 8,
            StorageType.Float or StorageType.Int => 4,
            StorageType.Half or StorageType.BFloat16 or StorageType.Short => 2,
            _ => 1,
        };

    /// <summary>PyTorch's name of the type.</summary>
    public static string Name(StorageType type) =>
        type switch
        {
            StorageType.Double => "float64",
            StorageType.Float => "float32",
            StorageType.Half => "float16",
            StorageType.BFloat16 => "bfloat16",
            StorageType.Long => "int64",
            StorageType.Int => "int32",
            StorageType.Short => "int16",
            StorageType.Char => "int8",
            StorageType.Byte => "uint8",
            _ => "bool",
        };

    /// <summary>Names of the types of these tensors, in alphabetical order.</summary>
    public static string[] Names(IEnumerable<StorageType> types) => [.. types.Distinct().Select(Name).Order(StringComparer.Ordinal)];

    /// <summary>Fills <paramref name="values"/> from a view that was checked to be inside its storage.</summary>
    public static void Copy(byte[] raw, StorageType type, PickleTensor view, float[] values)
    {
        switch (type)
        {
            case StorageType.Float:
                Convert<float>(raw, view, values, v => v);
                break;
            case StorageType.Double:
                Convert<double>(raw, view, values, v => (float)v);
                break;
            case StorageType.Half:
                Convert<Half>(raw, view, values, v => (float)v);
                break;
            // The upper half of a float32.
            case StorageType.BFloat16:
                Convert<ushort>(raw, view, values, v => BitConverter.UInt32BitsToSingle((uint)v << 16));
                break;
            case StorageType.Long:
                Convert<long>(raw, view, values, v => v);
                break;
            case StorageType.Int:
                Convert<int>(raw, view, values, v => v);
                break;
            case StorageType.Short:
                Convert<short>(raw, view, values, v => v);
                break;
            case StorageType.Char:
                Convert<sbyte>(raw, view, values, v => v);
                break;
            default:
                Convert<byte>(raw, view, values, v => v);
                break;
        }
    }

    public static bool HasNonFinite(this Span<float> values)
    {
        foreach (var value in values)
            if (!float.IsFinite(value))
                return true;
        return false;
    }

    private static void Convert<T>(byte[] raw, PickleTensor view, float[] values, Func<T, float> convert)
        where T : struct
    {
        if (!TensorView.IsRowMajor(view))
        {
            TensorView.ForEach(view, values.Length, (i, source) => values[i] = convert(MemoryMarshal.Cast<byte, T>(raw)[(int)source]));
            return;
        }
        if (values.Length == 0)
            return;
        var part = MemoryMarshal.Cast<byte, T>(raw).Slice((int)view.Offset, values.Length);
        if (typeof(T) == typeof(float))
            MemoryMarshal.Cast<T, float>(part).CopyTo(values);
        else
            for (var i = 0; i < values.Length; i++)
                values[i] = convert(part[i]);
    }
}
