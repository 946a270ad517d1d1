using System.Runtime.InteropServices;

namespace GpuGeek.Training.Tests.Graphs;

/// <summary>What the C library has given out: libtorch's tensors on the CPU are part of it, .NET's objects are not.</summary>
internal static partial class NativeHeap
{
    [StructLayout(LayoutKind.Sequential)]
    private struct Figures
    {
        public nuint Arena,
            FreeChunks,
            FastChunks,
            Mapped,
            MappedBytes,
            Unused,
            FastBytes,
            UsedBytes,
            FreeBytes,
            Releasable;
    }

    public static long Bytes => Read() is var f ? (long)(f.UsedBytes + f.MappedBytes) : 0;

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial Figures Read();
}
