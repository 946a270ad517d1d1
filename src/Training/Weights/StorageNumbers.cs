using System.Runtime.InteropServices;

namespace GpuGeek.Training.Weights;

/// <summary>Raw little-endian numbers of every type PyTorch stores, as floats.</summary>
internal static class StorageNumbers
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(StorageType type) => type switch
    {
        StorageType.Double or StorageType.Long => 8,
        StorageType.Float or StorageType.Int => 4,
        StorageType.Half or StorageType.BFloat16 or StorageType.Short => 2,
        _ => 1,
    };

    public static float[] ToFloats(byte[] raw, StorageType type) => type switch
    {
        StorageType.Float => MemoryMarshal.Cast<byte, float>(raw).ToArray(),
        StorageType.Double => Convert<double>(raw, v => (float)v),
        StorageType.Half => Convert<Half>(raw, v => (float)v),
        // The upper half of a float32.
        StorageType.BFloat16 => Convert<ushort>(raw, v => BitConverter.UInt32BitsToSingle((uint)v << 16)),
        StorageType.Long => Convert<long>(raw, v => v),
        StorageType.Int => Convert<int>(raw, v => v),
        StorageType.Short => Convert<short>(raw, v => v),
        StorageType.Char => Convert<sbyte>(raw, v => v),
        _ => Convert<byte>(raw, v => v),
    };

    public static bool HasNonFinite(this Span<float> values)
    {
        foreach (var value in values)
            if (!float.IsFinite(value)) return true;
        return false;
    }

    private static float[] Convert<T>(byte[] raw, Func<T, float> convert) where T : struct => [.. MemoryMarshal.Cast<byte, T>(raw).ToArray().Select(convert)];
}
