using System.Numerics;
using System.Runtime.InteropServices;

namespace GpuGeek.Training.Data;

internal static class Checksums
{
    /// <summary>CRC-32C, which processors compute faster than memory delivers: against damage, not against malice.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            sum = BitOperations.Crc32C(sum, word);
        foreach (var one in bytes[(words.Length * sizeof(ulong))..])
            sum = BitOperations.Crc32C(sum, one);
        return sum;
    }
}
