using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GpuGeek.Imaging.Transforms;

/// <summary>The three channels of a pixel in one vector, with a fourth byte that is the next pixel's first.</summary>
internal static class FourBytes
{
    public static Vector128<int> Read(ref byte first)
    {
        var bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(ref first)).AsByte();
        return Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32();
    }

    /// <param name="values">0..255 in the first three lanes; the fourth is written too.</param>
    public static void Write(ref byte first, Vector128<int> values)
    {
        var words = Vector128.Narrow(values.AsUInt32(), values.AsUInt32());
        Unsafe.WriteUnaligned(ref first, Vector128.Narrow(words, words).AsUInt32().ToScalar());
    }
}
